from . import service_rating_mixin
