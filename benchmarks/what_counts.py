"""
Where the words of a title count: in every passage of the article, nowhere, or in a field of
their own with a weight; and whether a question's stop words do: by the rank of the first
passage that holds a gold answer.

    python benchmarks/what_counts.py SET_DIR...        # folders with articles and questions
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import tantivy

from retrieval.errors import SourceError
from retrieval.evaluation.questions import GoldQuestion, read_question_set
from retrieval.index.tokens import joined, token
from retrieval.ingest.deriving import derive
from retrieval.language.analysis import query_terms, terms
from retrieval.segment import segment
from retrieval.sources.files import iter_locations
from retrieval.sources.reading import read_articles
from retrieval.types import Article

K = 10
WEIGHTS = (0.2, 0.5, 1.0)
FIELDS = ("text", "title", "both")

make = tantivy.Query


class Corpus:
    """The passages of a set in tantivy, with three fields for their terms."""

    def __init__(self, path: Path) -> None:
        schema = tantivy.SchemaBuilder().add_unsigned_field("id", fast=True)
        for name in FIELDS:
            schema.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
        self.schema = schema.build()
        index = tantivy.Index(self.schema)
        writer = index.writer(200_000_000, 1)
        self.passages: list[tuple[str, str]] = []
        self.langs: set[str | None] = set()
        for article in articles(path):
            self.langs.add(article.lang)
            title = terms(article.title or "", article.lang)
            for passage in segment(article):
                words = passage.span.of(article.text)
                own = terms(words, article.lang)
                values = {"text": own, "title": title, "both": title + own}
                document = {name: joined(value) for name, value in values.items()}
                writer.add_document(
                    tantivy.Document.from_dict({"id": len(self.passages), **document}, self.schema)
                )
                self.passages.append((article.id, words))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self.searcher = index.searcher()

    def ways(self, question: str) -> dict[str, tantivy.Query]:
        """The queries that are compared."""
        content = query_terms(question, [*self.langs])
        every = dict.fromkeys(
            [term for lang in self.langs for term in terms(question, lang)] + content
        )

        def any_of(name: str, words: Iterable[str] = content) -> tantivy.Query:
            return make.boolean_query(
                [
                    (
                        tantivy.Occur.Should,
                        make.term_query(self.schema, name, token(word), index_option="freq"),
                    )
                    for word in words
                ]
            )

        def both(first: tantivy.Query, weight: float) -> tantivy.Query:
            second = make.boost_query(any_of("title"), weight)
            return make.boolean_query(
                [(tantivy.Occur.Should, first), (tantivy.Occur.Should, second)]
            )

        return {
            "in every passage": any_of("both"),
            "in every passage, stop words too": any_of("both", every),
            "nowhere": any_of("text"),
            **{f"own field, times {w}": both(any_of("text"), w) for w in WEIGHTS},
            "in every passage and own field, times 0.2": both(any_of("both"), 0.2),
        }

    def rank(self, query: tantivy.Query, question: GoldQuestion) -> int:
        """Of the first passage with a gold answer; 0 where it is not among the first ``K``."""
        hits = self.searcher.search(query, K, count=False).hits
        found = self.searcher.fast_field_values("id", [address for _, address in hits])
        for rank, number in enumerate(found, start=1):
            article_id, words = self.passages[int(number or 0)]
            golds = question.answers or question.evidence
            if article_id in question.article_ids and any(gold in words for gold in golds):
                return rank
        return 0


def articles(path: Path) -> Iterator[Article]:
    """Those of a set, as an ingest reads them."""
    for location in iter_locations([str(path)], print):
        assert not isinstance(location, SourceError), location  # noqa: S101
        for article in read_articles(location, lambda _count: None):
            if isinstance(article, Article):
                yield derive(article)


def measure(folder: Path, most: int) -> None:
    """Print a line for each way."""
    asked_of = read_question_set(folder)
    corpus = Corpus(asked_of.articles)
    ranks: dict[str, list[int]] = defaultdict(list)
    asked = [q for q in asked_of.questions if q.answerable and q.article_ids][:most]
    for question in asked:
        for way, query in corpus.ways(question.question).items():
            ranks[way].append(corpus.rank(query, question))
    print(f"{folder.name}: {len(corpus.passages):,} passages, {len(asked):,} questions")
    for way, got in ranks.items():
        shares = {k: sum(0 < rank <= k for rank in got) / len(got) * 100 for k in (1, 3, K)}
        mean = sum(1 / rank for rank in got if rank) / len(got) * 100
        told = "  ".join(f"p{k} {share:5.1f}" for k, share in shares.items())
        print(f"  {way:42} {told}  mrr {mean:5.1f}")


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("sets", type=Path, nargs="+")
    parser.add_argument("--limit", type=int, default=1200, help="questions a set")
    given = parser.parse_args()
    for folder in given.sets:
        measure(folder, given.limit)


if __name__ == "__main__":
    main()
