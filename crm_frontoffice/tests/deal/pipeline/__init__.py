from . import test_pipelines
from . import test_pipeline_tour
