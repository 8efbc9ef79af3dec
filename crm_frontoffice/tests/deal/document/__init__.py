from . import test_deal_documents
