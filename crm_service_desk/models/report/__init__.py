from . import service_measure_mixin
