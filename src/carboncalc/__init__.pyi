from .errors import ActivityDataError as ActivityDataError
from .errors import CarbonCalcError as CarbonCalcError
from .factors.library import FactorLibrary as FactorLibrary
from .factors.request import FactorRequest as FactorRequest
from .model.factor import EmissionFactor as EmissionFactor
from .provenance import Citation as Citation
from .provenance import Policy as Policy
from .provenance import RunRecord as RunRecord
from .provenance import Source as Source

__version__: str
