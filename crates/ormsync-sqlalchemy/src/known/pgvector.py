"""pgvector's types."""

from sqlalchemy.dialects.postgresql import BIT
from sqlalchemy.types import UserDefinedType


class VECTOR(UserDefinedType):
    word = "VECTOR"

    def __init__(self, dim=None):
        self.dim = dim

    def get_col_spec(self, **kw):
        return self.word if self.dim is None else "%s(%d)" % (self.word, self.dim)


Vector = VECTOR


class HALFVEC(VECTOR):
    word = "HALFVEC"


class SPARSEVEC(VECTOR):
    word = "SPARSEVEC"
