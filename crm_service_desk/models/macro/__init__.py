from . import service_macro
