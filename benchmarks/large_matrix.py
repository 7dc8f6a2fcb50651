"""Writes an experiment of many nodes and many rows, for timing `shoal check` and `shoal plan`.

    python3 benchmarks/large_matrix.py --nodes 1000 --rows 1000 > /tmp/large.yaml
    /usr/bin/time -v shoal check /tmp/large.yaml

Chains of five nodes (points, scaled, reduced, groups, quality), the last chain cut short where the number of nodes
is no multiple of five. The matrix varies two parameters of the first chain and the seed, so that rows are values ×
values × seeds.
"""

import argparse

CHAIN = (
    "  points{i}:  {{use: dataset/synthetic, with: {{examples: 200, classes: 4, features: 8}}}}",
    "  scaled{i}:  {{use: transform/standardize, in: {{data: points{i}}}}}",
    "  reduced{i}: {{use: transform/pca, in: {{data: scaled{i}}}, with: {{components: 4}}}}",
    "  groups{i}:  {{use: clusterer/kmeans, in: {{data: reduced{i}}}, with: {{k: 4, max_iter: 50}}}}",
    "  quality{i}: {{use: metric/clustering, in: {{predicted: groups{i}.labels, labels: points{i}.labels}}}}",
)


def experiment(nodes: int, first: int, second: int, seeds: int) -> str:
    lines = ["shoal: 1", "name: large", "nodes:"]
    lines += [CHAIN[n % len(CHAIN)].format(i=n // len(CHAIN)) for n in range(nodes)]
    lines += [
        "matrix:",
        f"  groups0.k: [{', '.join(str(2 + i) for i in range(first))}]",
        f"  groups0.max_iter: [{', '.join(str(10 + i) for i in range(second))}]",
        f"  seeds: {seeds}",
        "report: [quality0.nmi]",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=1000, help="at least 5")
    parser.add_argument("--rows", type=int, default=1000, help="a multiple of 10 × --seeds")
    parser.add_argument("--seeds", type=int, default=10)
    args = parser.parse_args()
    if args.nodes < len(CHAIN) or args.seeds < 1 or args.rows % (10 * args.seeds) != 0:
        parser.error("at least 5 nodes, and rows a multiple of 10 × seeds")
    print(experiment(args.nodes, 10, args.rows // (10 * args.seeds), args.seeds), end="")


if __name__ == "__main__":
    main()
