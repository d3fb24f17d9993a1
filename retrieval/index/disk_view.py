"""What searches on disk see at one moment, and the questions they ask of tantivy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from retrieval.index.snapshot import Group, article_key, microseconds
from retrieval.types import Filters

if TYPE_CHECKING:
    import tantivy

_CHOICES = 100  # of outlets and languages that are remembered


@dataclass(frozen=True, eq=False)
class View:
    """What searches see: one state of the index, until the next commit or refresh."""

    schema: tantivy.Schema
    searcher: tantivy.Searcher
    groups: tuple[Group, ...]
    chosen: dict[Filters, list[int]] = field(default_factory=dict)

    @cached_property
    def langs(self) -> dict[str | None, int]:
        """How many passages each language has."""
        import tantivy  # noqa: PLC0415  # imported on use: the engine in memory needs none

        names = lang_numbers(self.groups)
        counted = self.searcher.aggregate(
            tantivy.Query.all_query(),
            {"langs": {"terms": {"field": "lang", "size": len(names) + 1}}},
        )
        sizes = {bucket["key"]: bucket["doc_count"] for bucket in counted["langs"]["buckets"]}
        return {lang: sizes[number] for lang, number in names.items() if number in sizes}

    def groups_of(self, filters: Filters) -> list[int]:
        """The numbers of the groups whose outlet and language are among the wanted."""
        wanted = Filters(sources=filters.sources, langs=filters.langs)
        chosen = self.chosen.get(wanted)
        if chosen is None:
            chosen = [n for n, group in enumerate(self.groups) if group.satisfies(wanted)]
            if len(self.chosen) >= _CHOICES:
                self.chosen.clear()
            self.chosen[wanted] = chosen
        return chosen

    def held(self, term: str) -> int:
        """In how many passages *term* stands."""
        return int(self.searcher.doc_freq("terms", term))

    def query(self, terms: Sequence[str], filters: Filters) -> tantivy.Query | None:
        """The passages that share one of *terms* and satisfy *filters*; None if there can be none."""
        import tantivy  # noqa: PLC0415  # imported on use: the engine in memory needs none

        make, schema = tantivy.Query, self.schema
        words = [make.term_query(schema, "terms", term, index_option="freq") for term in terms]
        query = words[0]
        if len(words) > 1:
            query = make.boolean_query([(tantivy.Occur.Should, word) for word in words])
        limits = []
        if filters.sources or filters.langs:
            groups = self.groups_of(filters)
            if not groups:
                return None
            if len(groups) < len(self.groups):
                limits.append(make.term_set_query(schema, "group", groups))
        if filters.after is not None or filters.before is not None:
            limits.append(
                make.range_query(
                    schema,
                    "published",
                    tantivy.FieldType.Integer,
                    None if filters.after is None else microseconds(filters.after),
                    None if filters.before is None else microseconds(filters.before),
                    include_upper=filters.before is None,  # an open end has no other way
                )
            )
        if filters.articles:
            keys = [*map(article_key, filters.articles)]
            limits.append(make.term_set_query(schema, "article", keys))
        if not limits:
            return query
        unscored = [(tantivy.Occur.Must, make.const_score_query(limit, 0.0)) for limit in limits]
        return make.boolean_query([(tantivy.Occur.Must, query), *unscored])


def make_schema() -> tantivy.Schema:
    """What is kept of a passage: its terms, and numbers for filters to look at."""
    import tantivy  # noqa: PLC0415  # imported on use: the engine in memory needs none

    schema = tantivy.SchemaBuilder()
    schema.add_unsigned_field("id", indexed=True, fast=True)
    schema.add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
    schema.add_unsigned_field("group", indexed=True)
    schema.add_unsigned_field("lang", fast=True)
    schema.add_integer_field("published", fast=True)
    schema.add_integer_field("article", indexed=True)
    return schema.build()


def lang_numbers(groups: Iterable[Group]) -> dict[str | None, int]:
    """Languages by the number that passages have, in the order of the groups."""
    return {lang: n for n, lang in enumerate(dict.fromkeys(group.lang for group in groups))}
