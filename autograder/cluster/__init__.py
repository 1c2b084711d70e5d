"""Grades a class on other machines, by Dask: the nodes of a scheduler that runs, or processes on this machine.

A `Parcel` carries a submission to a node and a JSON text carries its result back, so that nodes need no shared disk.
`proof` makes a node prove that it grades as this machine would. Dask moves bytes between trusted processes; how a
submission is confined on its node, and what a result means, is decided in `sandbox` and `grading` as everywhere.
"""
