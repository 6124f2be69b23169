from . import examples as examples
from .errors import ActivityDataError as ActivityDataError
from .errors import CarbonCalcError as CarbonCalcError
from .factors.library import FactorLibrary as FactorLibrary
from .factors.request import FactorRequest as FactorRequest
from .inventory.aggregate import aggregate as aggregate
from .inventory.calculator import Calculator as Calculator
from .inventory.calculator import compute as compute
from .inventory.exact import exact_sum as exact_sum
from .inventory.result import Inventory as Inventory
from .inventory.run_folder import verify as verify
from .inventory.trace import Trace as Trace
from .methods.catalogue import load_method as load_method
from .methods.catalogue import method_ids as method_ids
from .methods.rounding import load_rounding as load_rounding
from .model.factor import EmissionFactor as EmissionFactor
from .provenance import Citation as Citation
from .provenance import Policy as Policy
from .provenance import RunRecord as RunRecord
from .provenance import Source as Source

__version__: str
