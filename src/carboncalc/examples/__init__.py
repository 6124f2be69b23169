"""Small data sets for the documentation, the tests and ``carboncalc demo``."""

from carboncalc.examples.attribution import attribution_loans as attribution_loans
from carboncalc.examples.attribution import attribution_records as attribution_records
from carboncalc.examples.datasets import case as case
from carboncalc.examples.datasets import case_names as case_names
from carboncalc.examples.datasets import empty as empty
from carboncalc.examples.datasets import full as full
from carboncalc.examples.datasets import minimal as minimal
from carboncalc.examples.datasets import path as path
from carboncalc.examples.park import park_entities as park_entities
from carboncalc.examples.park import park_footprint as park_footprint
from carboncalc.examples.park import park_table as park_table
