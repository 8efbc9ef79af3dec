from . import service_article
from . import service_knowledge_mixin
