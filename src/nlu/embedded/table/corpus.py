"""The words of the table and the sentences it learns from."""

import importlib.util
import pathlib
import random
import re
import unicodedata

HERE = pathlib.Path(__file__).parent
WORDS = 26_000
# Letters that stand alone and words of which a dictionary of the web has none or few; inflections are added.
SPOKEN = """
nicked pinched swiped mugged pickpocketed misplaced mislaid dunno gonna wanna gotta lemme gimme kinda sorta yeah yep nope
nah uh um erm hmm huh oops ouch hey hiya howdy cheers mate bloke guy guys dude folks mum mom dad kiddo hubby fella
overdraft overdrawn prepay prepaid postpaid refill refills reschedule rescheduled rebook copay deductible voicemail
chargeback payslip paystub paycheck payoff payout checkbook cheque chequebook autopay signup login logon passcode
passport renewal reactivate deactivate reissue resend reprint reroute reconnect reboot unfreeze unblock unlink
wifi router modem broadband hotspot roaming handset sim simcard landline dongle ringtone selfie app apps
pharmacist pediatrician dentist dermatologist gynecologist physio chiropractor optometrist checkup flu vaccine jab
takeout takeaway reservation rezzie brunch vegan veggie gluten courier doorstep parcel mailbox postcode zipcode
outage blackout brownout meter thermostat furnace boiler plumber electrician locksmith handyman landlord tenant roommate
windshield windscreen tyre tyres gearbox mileage odometer tow towed fender bumper pothole carpool uber lyft cab
mastercard visa amex paypal venmo zelle contactless cashback iban swift atm pin nip topup kyc crypto bitcoin
humidity snowing raining drizzle forecast playlist podcast spotify alexa siri skip shuffle mute unmute louder quieter
pto w2 hr onboarding timesheet overtime severance maternity paternity bereavement unpaid
clogged leaking leaky busted snapped cracked dented scratched frayed soaked flooded scammed hacked phished ripped
""".split()
IRREGULAR = re.compile(r"[a-z]+")


def package_file(package, name):
    return pathlib.Path(importlib.util.find_spec(package).origin).parent / name


def fold(text):
    text = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in text if not unicodedata.combining(c))


NEGATED = {"can't": "can", "cant": "can", "cannot": "can", "won't": "will", "wont": "will", "dont": "do",
           "doesnt": "does", "didnt": "did", "isnt": "is", "hasnt": "has", "havent": "have"}


def tokens(text):
    """As `nlu::words::tokens` has it: lower case, contractions opened; a word with a digit in it is `0`."""
    out = []
    for word in re.findall(r"[\w']+", fold(text).replace("’", "'")):
        word = word.strip("'_")
        if not word:
            continue
        if word in NEGATED or word.endswith("n't"):
            out += [NEGATED.get(word) or word[:-3], "not"]
            continue
        base, mark, tail = word.partition("'")
        if mark:
            word = base if tail in ("s", "d", "ll", "re", "ve", "m") else word.replace("'", "")
        out.append("0" if any(c.isdigit() for c in word) else word)
    return out


def dictionary():
    path = package_file("symspellpy", "frequency_dictionary_en_82_765.txt")
    pairs = (line.split() for line in path.read_text("utf-8-sig").splitlines())
    return {word: int(count) for word, count in pairs if word.isascii() and word.isalpha()}


def bigrams():
    path = package_file("symspellpy", "frequency_bigramdictionary_en_243_342.txt")
    for line in path.read_text("utf-8-sig").splitlines():
        first, second, count = line.split()
        yield first, second, int(count)


def lexicon():
    trades = []
    for line in (HERE / "lexicon.txt").read_text().splitlines():
        if line.startswith("["):
            trades.append({"noun": [], "do": [], "wrong": []})
        elif ":" in line and not line.startswith("#"):
            kind, _, phrases = line.partition(": ")
            trades[-1][kind] += phrases.split(", ")
    return trades


def paraphrases():
    """Groups of phrases that mean about the same."""
    lines = (HERE / "paraphrases.txt").read_text().splitlines()
    return [re.split(r": |, ", line) for line in lines if line and not line.startswith("#")]


def frames():
    sections, name = {}, None
    for line in (HERE / "frames.txt").read_text().splitlines():
        if line.startswith("["):
            name = line.strip("[]")
            sections[name] = {} if name == "gaps" else []
        elif not line or line.startswith("#"):
            continue
        elif name == "gaps":
            kind, _, phrases = line.partition(": ")
            sections[name][kind] = phrases.split(", ")
        else:
            sections[name].append(line)
    return sections


def stop_words():
    """The first words of the web's frequency list, without those that carry meaning on the phone."""
    return set("""the of and to a in for is on that by this with i you it not or be are from at as your all have an was we
        will can us if my has but our one other do no they he up may what which their out use any there see only so his
        when here who also now get been would how were me some these its than had into them should her could over then
        such where did just does she him let am being im very too because while""".split())


def words():
    """The table's words, the certain ones first."""
    known = dictionary()
    texts = [p for trade in lexicon() for phrases in trade.values() for p in phrases]
    sections = frames()
    texts += [re.sub(r"\{\w+\}", " ", f) for name, fs in sections.items() if name != "gaps" for f in fs]
    texts += [p for phrases in sections["gaps"].values() for p in phrases]
    # The Spanish glosses and the examples of universals must find their words.
    data = HERE.parent / "data"
    texts.append((data / "universals_en.txt").read_text())
    if (data / "glosses_es.txt").exists():
        lines = (data / "glosses_es.txt").read_text().splitlines()
        texts += [line.partition("=")[2] for line in lines if not line.startswith("#")]
    chosen = dict.fromkeys(["0"] + [t for text in texts for t in tokens(text)] + SPOKEN)
    for word in list(chosen):
        bases = {word, word.removesuffix("e"), word[:-1] + "i" if word.endswith("y") else word, word + word[-1]}
        for base in bases:
            for ending in ("s", "es", "ed", "d", "ing", "er"):
                if base + ending in known:
                    chosen.setdefault(base + ending)
    for word, _ in sorted(known.items(), key=lambda pair: -pair[1]):
        if len(chosen) >= WORDS:
            break
        if len(word) > 1 or word in "aio":
            chosen.setdefault(word)
    return [w for w in chosen if w.isascii() and w.isalnum()]


class Maker:
    """Fills frames. The same seed makes the same sentences."""

    def __init__(self, vocabulary, seed):
        self.rng = random.Random(seed)
        self.trades = lexicon()
        self.sections = frames()
        stop = stop_words()
        common = dictionary()
        self.random_words = [w for w in vocabulary if w not in stop and len(w) > 2 and w in common]

    def any_phrase(self):
        if self.rng.random() < 0.35:
            return self.rng.choice(self.rng.choice(self.trades)["noun"])
        word = self.random_word()
        return word if self.rng.random() < 0.6 else f"{word} {self.random_word()}"

    def random_word(self):
        # Common ones more often, rare ones too.
        return self.random_words[int(len(self.random_words) * self.rng.random() ** 1.6)]

    def fill(self, frame):
        rng, trade = self.rng, self.rng.choice(self.trades)

        def gap(match):
            kind = match.group(1)
            if kind in "nN":
                return rng.choice(trade["noun"]) if rng.random() > 0.2 else self.any_phrase()
            if kind in "dD":
                return rng.choice(trade["do"])
            if kind in "wW":
                return rng.choice(trade["wrong"])
            if kind in "xX":
                return self.any_phrase()
            return rng.choice(self.sections["gaps"][kind])

        return re.sub(r"\{(\w+)\}", gap, frame)

    def sentences(self, sizes):
        out = dict.fromkeys(p for trade in self.trades for phrases in trade.values() for p in phrases)
        for name, size in sizes.items():
            for _ in range(size):
                out.setdefault(self.fill(self.rng.choice(self.sections[name])))
        return list(out)

    def swapped(self, sentences, size):
        """Copies in which one word is another of the dictionary, so that every row meets every surrounding."""
        out = []
        stop = stop_words()
        for sentence in self.rng.sample(sentences, size):
            parts = sentence.split()
            places = [at for at, word in enumerate(parts) if word not in stop]
            if places:
                parts[self.rng.choice(places)] = self.random_word()
                out.append(" ".join(parts))
        return out

    def pairs(self, size):
        stop = stop_words()
        chosen = sorted(((c, a, b) for a, b, c in bigrams() if not {a, b} <= stop), reverse=True)
        return [f"{a} {b}" for _, a, b in chosen[:size]]

    def noisy(self, sentence):
        """As a recogniser might write it; what it means stays."""
        parts = sentence.split()
        fillers = ["um", "uh", "hi", "hello", "please", "so", "well", "you know", "i mean", "like", "okay", "yeah", "thanks"]
        for _ in range(self.rng.choice((1, 1, 2))):
            at = self.rng.randrange(len(parts) + 1)
            choice = self.rng.random()
            if choice < 0.6:
                parts.insert(at, self.rng.choice(fillers))
            elif choice < 0.8 and at < len(parts):
                parts.insert(at, parts[at])
            elif len(parts) > 3 and at < len(parts) and parts[at] in stop_words():
                del parts[at]
        return " ".join(parts)
