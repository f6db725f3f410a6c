"""Generated text with the length and variety of a forum's, without any meaning."""

from random import Random


def words(listed: str) -> list[str]:
    """The parts between commas, over any number of lines."""
    return [" ".join(word.split()) for word in listed.split(",")]


THINGS = words("""
apple tree, attic, battery, bench plane, bicycle, bread oven, bridge, broom, bucket, budget, cellar,
chimney, clay pot, compost heap, copper pipe, corner shop, council, crate, dough, drill, engine,
extension lead, ferry, fence, frying pan, gate, glue, greenhouse, gutter, hammer, harbour, hedge,
hinge, house rule, insurance, jam jar, kettle, key, kiln, kitchen, ladder, lamp, lending shelf, lid,
loom, machine, map, market stall, meeting, mill, mortar, nail, neighbour, newsletter, notice board,
oil lamp, opening hour, paint, parcel, path, pear, pedal, plan, plank, plaster, playground, pond,
pump, radio, rain barrel, recipe, repair café, roof, rope, rota, rye loaf, sander, saw, screw, seed
tray, shed, shelf, signpost, sink, socket, solar panel, sourdough, spade, spanner, stove, street
lamp, switch, table, tap, teapot, tenant, thermostat, ticket, tile, timetable, toolbox, tram stop,
trowel, valve, varnish, wall, washing machine, water meter, wheelbarrow, window frame, wiring,
workshop, yard
""")
KINDS = words("""
broken, cheap, clean, cold, crooked, damp, dusty, early, empty, expensive, familiar, fragile,
friendly, heavy, honest, improvised, large, late, loose, loud, missing, narrow, new, odd, old,
ordinary, patient, plain, quiet, rusty, safe, second-hand, shared, sharp, simple, slow, small, soft,
solid, stubborn, sturdy, temporary, thin, tidy, useful, usual, warm, well-kept, wet, worn
""")
DEEDS = words("""
asked about, borrowed, brought, built, carried, checked, cleaned, counted, drew, filled, found,
held, kept, left, lent, looked after, measured, mended, moved, needed, oiled, opened, ordered,
painted, planned, put away, replaced, sanded, saved, shared, sold, sorted, tested, tried, turned,
washed, watched, weighed
""")
OPENINGS = words("""
As far as I know, At first, At our place, Between you and me, By the way, Come spring, For what it
is worth, From memory, If I remember well, In my experience, In the end, Last winter, Most days, Now
and then, On Sundays, Since then, The first time, To be fair, Until last year, When we moved in
""")
LINKS = words("because, although, and then, but, so, while, until, unless, which is why, even if")
QUESTIONS = words("Does anybody know whether, Has anyone found out why, Do you think that, Would it help if")
NAMES = words("""
Abel, Ada, Alma, Anton, Astrid, Bela, Boris, Bruno, Carla, Cato, Dora, Edda, Elias, Emil, Enno,
Esra, Fanny, Felix, Frida, Gerda, Gustav, Hanna, Hugo, Ida, Imre, Ines, Iris, Jakob, Jonna, Jutta,
Karim, Kaya, Lars, Lea, Leila, Lotte, Malte, Mara, Mika, Milan, Nadia, Nils, Noor, Olga, Oskar,
Paula, Pavel, Quentin, Rosa, Ruben, Selma, Sami, Tilda, Timo, Ulla, Vera, Viktor, Wanda, Yara, Zeno
""")
CODE = """```python
def {thing}(amount, spare=2):
    # {comment}
    total = sum(each.weight for each in amount)
    if total > {number}:
        raise ValueError("{kind}")
    return [total / (spare + step) for step in range({small})]
```"""


class Writer:
    """Writes Markdown. The same random source gives the same text."""

    def __init__(self, random: Random):
        self.random = random

    def title(self) -> str:
        kind, thing, deed = self._kind(), self._thing(), self.random.choice(DEEDS)
        return self.random.choice([
            f"Who has {deed} the {kind} {thing}?",
            f"The {kind} {thing} and what we did about it",
            f"A {thing} for the {self._thing()}: is it worth it?",
            f"{kind.capitalize()} {thing}, {self._kind()} {self._thing()}",
        ])  # fmt: skip

    def body(self) -> str:
        """A body like those of forums about computers: 450 characters on average, half of them below 300.

        It is a sentence or two, one paragraph, several paragraphs, or one with a quote, a list or code.
        """
        chance = self.random.random()
        if chance < 0.30:
            return self.sentences(1, 2)
        if chance < 0.75:
            return self.sentences(3, 7)
        if chance < 0.90:
            return "\n\n".join(self.sentences(3, 6) for _ in range(self.random.randint(3, 6)))
        special = self.random.choice([self._quote, self._list, self._code])
        return f"{special()}\n\n{self.sentences(2, 6)}"

    def sentences(self, least: int, most: int) -> str:
        return " ".join(self._sentence() for _ in range(self.random.randint(least, most)))

    def _sentence(self):
        chance = self.random.random()
        if chance < 0.12:
            return f"{self.random.choice(QUESTIONS)} {self._clause()}?"
        if chance < 0.45:
            return f"{self.random.choice(OPENINGS)}, {self._clause()}."
        if chance < 0.8:
            return f"{self._clause(capital=True)}, {self.random.choice(LINKS)} {self._clause()}."
        return f"{self._clause(capital=True)}."

    def _clause(self, capital=False):
        who = self.random.choice(
            ["we", "they", "I", "somebody", self.random.choice(NAMES), f"the {self._thing()}"]
        )
        who = who[0].upper() + who[1:] if capital else who
        kind = f"{self._kind()} " if self.random.random() < 0.5 else ""
        where = f" {self.random.choice(['near', 'behind', 'for', 'with'])} the {self._thing()}"
        return (
            f"{who} {self.random.choice(DEEDS)} the {kind}{self._thing()}"
            f"{where if self.random.random() < 0.4 else ''}"
        )

    def _quote(self):
        return f"> {self._sentence()} {self._sentence()}"

    def _list(self):
        marked = [f"- **{self._thing()}**: {self._clause()}" for _ in range(self.random.randint(3, 6))]
        return "\n".join([f"{self._clause(capital=True)}:", "", *marked])

    def _code(self):
        return CODE.format(
            thing=self._thing().replace(" ", "_").replace("é", "e"),
            comment=self._clause(),
            kind=self._kind(),
            number=self.random.randint(10, 900),
            small=self.random.randint(2, 9),
        )

    def _thing(self):
        return self.random.choice(THINGS)

    def _kind(self):
        return self.random.choice(KINDS)
