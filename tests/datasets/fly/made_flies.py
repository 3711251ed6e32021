"""Small files in the layouts that fly wirings are published in."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pandas as pd

IDS = (720575940596125868, 720575940597856265, 720575940597944841, 720575940661339777)
ENDS = ((0, 1, 5, 1), (0, 2, 3, 1), (1, 2, 7, -1), (3, 3, 1, 1), (2, 0, 4, -1))  # pre, post, synapses, sign


def published(folder: Path, version: str = "783", **changed: Any) -> Path:
    """`Connectivity_783.parquet` and `Completeness_783.csv`, with some columns changed."""
    pre, post, count, sign = zip(*ENDS, strict=True)
    columns = {
        "Presynaptic_ID": [IDS[row] for row in pre],
        "Postsynaptic_ID": [IDS[row] for row in post],
        "Presynaptic_Index": list(pre),
        "Postsynaptic_Index": list(post),
        "Connectivity": list(count),
        "Excitatory": list(sign),
        "Excitatory x Connectivity": [number * side for number, side in zip(count, sign, strict=True)],
    }
    columns = {name: values for name, values in (columns | changed).items() if values is not None}
    names = {
        "783": ("Connectivity_783.parquet", "Completeness_783.csv"),
        "630": ("2023_03_23_connectivity_630_final.parquet", "2023_03_23_completeness_630_final.csv"),
    }
    connectivity, completeness = (folder / name for name in names[version])
    pd.DataFrame(columns).to_parquet(connectivity)
    completeness.write_text(",Completed\n" + "".join(f"{number},True\n" for number in IDS), encoding="utf-8")
    return folder


CONNECTIONS = """pre_root_id,post_root_id,neuropil,syn_count,nt_type
720575940596125868,720575940597856265,AL_R,3,ACH
720575940596125868,720575940597856265,LH_R,2,GABA
720575940597856265,720575940597944841,AL_R,7,GABA
720575940661339777,720575940661339777,GNG,1,DA
720575940597944841,720575940596125868,FB,4,GLUT
"""
NEURONS = """root_id,group,nt_type,nt_type_score,da_avg
720575940661339777,GNG.GNG,,0.1,0.1
720575940596125868,AL.LH,ACH,0.9,0.0
720575940597856265,AL.AL,GABA,0.8,0.0
720575940597944841,FB.FB,GLUT,0.7,0.0
"""
CLASSIFICATION = """root_id,flow,super_class,class,sub_class,hemilineage,side,nerve
720575940596125868,afferent,sensory,olfactory,,,right,AN
720575940597856265,intrinsic,central,ALPN,,ALl1,left,
720575940597944841,intrinsic,central,,,,center,
720575940661339777,efferent,motor,,,,right,
"""
TYPES = """root_id,primary_type,additional_type(s)
720575940596125868,ORN_DA1,
720575940661339777,MN9,CB0701
"""
COORDINATES = """root_id,position,supervoxel_id
720575940596125868,[423412 234000   5320],78112262507090
720575940596125868,[1 1 1],78112262507091
720575940661339777,[1000 2000 3000],78112262507092
"""


def codex(folder: Path, **texts: str | None) -> Path:
    """Downloads of FlyWire Codex: connections packed by gzip, tables of neurons plain; None leaves one out."""
    given = {
        "connections": CONNECTIONS,
        "neurons": NEURONS,
        "classification": CLASSIFICATION,
        "consolidated_cell_types": TYPES,
        "coordinates": COORDINATES,
    }
    for name, text in (given | texts).items():
        if text is not None and name == "connections":
            with gzip.open(folder / "connections.csv.gz", "wt", encoding="utf-8") as file:
                file.write(text)
        elif text is not None:
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def male_cns(folder: Path) -> Path:
    """The flat files of the male CNS: bodies that are no neurons among the edges and the annotations."""
    weights = {"body_pre": [10, 10, 11, 99], "body_post": [11, 99, 12, 12], "weight": [6, 1, 9, 2]}
    annotations = {
        "bodyId": [12, 10, 11, 99],
        "type": ["MN1", "R1", "Tm1", None],
        "superclass": ["vnc_motor", "ol_sensory", "ol_intrinsic", None],
        "somaSide": ["R", "L", None, None],
        "somaLocation": [None, [1000, 2000, 3000], None, None],
    }
    transmitters = {
        "body": [10, 11, 12, 99],
        "predicted_nt": ["histamine", "acetylcholine", "unclear", "gaba"],
        "consensus_nt": ["histamine", "glutamate", "unclear", "gaba"],
    }
    for name, columns in (
        ("connectome-weights-male-cns-v0.9-minconf-0.5", weights),
        ("body-annotations-male-cns-v0.9-minconf-0.5", annotations),
        ("body-neurotransmitters-male-cns-v0.9", transmitters),
    ):
        pd.DataFrame(columns).to_feather(folder / f"{name}.feather", compression="lz4")
    return folder


LARVA_EDGES = {
    "pre": [7, 7, 9],
    "post": [8, 9, 9],
    "pre_idx": [0, 0, 2],
    "post_idx": [1, 2, 2],
    "syn": [5, 1, 2],
    "syn_ad": [3, 1, 0],
    "syn_aa": [2, 0, 0],
    "syn_dd": [0, 0, 1],
    "syn_da": [0, 0, 1],
}
LARVA_NEURONS = {
    "id": [7, 8, 9],
    "side": ["left", "right", None],
    "celltype": ["KC", "MBON", None],
    "annotation": ["KC", "no official annotation", None],
    "level_7_cluster": ["42", "None", None],
}


def larva(folder: Path, **changed: Any) -> Path:
    """`edges.parquet` and `neurons.parquet`, with some columns of the edges changed."""
    columns = {name: values for name, values in (LARVA_EDGES | changed).items() if values is not None}
    pd.DataFrame(columns).to_parquet(folder / "edges.parquet")
    pd.DataFrame(LARVA_NEURONS).to_parquet(folder / "neurons.parquet")
    return folder


def larva_matrices(folder: Path, parts: tuple[str, ...] = ("all-all", "ad", "aa", "dd", "da")) -> Path:
    """Supplementary Data S1 and S2: senders in rows, each matrix in an order of its own."""
    place = folder / "Supplementary-Data-S1"
    place.mkdir()
    for number, part in enumerate(parts):
        column = "syn" if part == "all-all" else f"syn_{part}"
        matrix = pd.DataFrame(0, index=[7, 8, 9], columns=[7, 8, 9])
        for pre, post, count in zip(LARVA_EDGES["pre"], LARVA_EDGES["post"], LARVA_EDGES[column], strict=True):
            matrix.loc[pre, post] = count
        order = [7, 8, 9] if number == 0 else [9, 7, 8]
        matrix.loc[order, order[::-1]].to_csv(place / f"{part}_connectivity_matrix.csv")
    pairs = "left_id,right_id,celltype,additional_annotations,level_7_cluster\n7,8,KC,KC,42\n"
    (folder / "Supplementary_Data_S2.csv").write_text(pairs + "5,no pair,MBON,,3\n", encoding="utf-8")
    return place
