"""The assets, made from the catalog: one module per family, each a factory that reads like a plain asset."""
