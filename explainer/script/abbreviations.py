"""Abbreviations with one certain meaning, by language: where they occur and what is said.

Where a sentence ends and what else is an abbreviation, sentencex knows; no library has the words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache


@dataclass(frozen=True, slots=True)
class Abbreviations:
    """The abbreviations of a language by where they stand; each maps to what is spoken.

    `name` ones stand before a name or another title, `number`
    ones before a number, and `after` ones behind one.
    """

    anywhere: Mapping[str, str]
    name: Mapping[str, str]
    number: Mapping[str, str]
    after: Mapping[str, str]


def _table(text: str) -> dict[str, str]:
    entries = (entry.strip().split(" = ") for entry in text.strip().split(";"))
    return {short: " ".join(said.split()) for short, said in entries}


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NONE = Abbreviations({}, {}, {}, {})
_LANGUAGES = {
    "en": Abbreviations(
        anywhere=_table(
            """e.g. = for example; i.e. = that is; etc. = et cetera; vs. = versus; vs = versus;
            cf. = compare; approx. = approximately; ca. = circa; et al. = and others;
            viz. = namely; Jr. = Junior; Sr. = Senior; Jnr. = Junior; Snr. = Senior;
            Inc. = Incorporated; Ltd. = Limited; Corp. = Corporation; Co. = Company;
            Ph.D. = P H D; M.D. = M D; U.S. = U S; U.S.A. = U S A; U.K. = U K; U.N. = U N;
            E.U. = E U; A.D. = A D; B.C. = B C; B.C.E. = B C E; C.E. = C E; D.C. = D C;
            Ave. = Avenue; Blvd. = Boulevard; Rd. = Road; Dept. = Department; Univ. = University;
            dept. = department; govt. = government;
            incl. = including; excl. = excluding; a.k.a. = also known as;
            w.r.t. = with respect to"""
        ),
        name=_table(
            """Dr. = Doctor; Dr = Doctor; Drs. = Doctors; Prof. = Professor; Mr. = Mister;
            Mr = Mister; Mrs. = Missus; Mrs = Missus; Ms. = Miz; Ms = Miz; St. = Saint; St = Saint;
            Mt. = Mount; Ft. = Fort; Gen. = General; Col. = Colonel; Maj. = Major; Sgt. = Sergeant;
            Lt. = Lieutenant; Capt. = Captain; Cpl. = Corporal; Adm. = Admiral; Cmdr. = Commander;
            Rev. = Reverend; Hon. = Honourable; Gov. = Governor; Sen. = Senator;
            Rep. = Representative; Pres. = President; Messrs. = Messieurs; Fr. = Father"""
        ),
        number=_table(
            """No. = number; no. = number; Nos. = numbers; nos. = numbers; Fig. = Figure;
            fig. = figure; Figs. = Figures; figs. = figures; p. = page; pp. = pages;
            vol. = volume; Vol. = Volume; ch. = chapter; Ch. = Chapter; sec. = section;
            Sec. = Section; Sect. = Section;
            eq. = equation; Eq. = Equation; c. = circa; art. = article;
            Art. = Article; min. = minimum; max. = maximum"""
        ),
        after=_table("bn = billion; mn = million; tn = trillion"),
    ),
    "de": Abbreviations(
        anywhere=_table(
            """Nr. = Nummer; z. B. = zum Beispiel; d. h. = das heißt; u. a. = unter anderem;
            bzw. = beziehungsweise;
            usw. = und so weiter; usf. = und so fort; ca. = circa; etc. = et cetera;
            evtl. = eventuell; ggf. = gegebenenfalls; inkl. = inklusive; exkl. = exklusive;
            vgl. = vergleiche; bspw. = beispielsweise; zzgl. = zuzüglich; abzgl. = abzüglich;
            insb. = insbesondere; insbes. = insbesondere; allg. = allgemein; urspr. = ursprünglich;
            z. T. = zum Teil; z. Zt. = zurzeit; z. Z. = zurzeit; u. U. = unter Umständen;
            i. d. R. = in der Regel; i. A. = im Auftrag; i. e. S. = im engeren Sinne;
            o. Ä. = oder Ähnliches; u. Ä. = und Ähnliches; u. v. m. = und vieles mehr;
            u. v. a. = und viele andere; v. a. = vor allem; s. o. = siehe oben;
            s. u. = siehe unten; m. E. = meines Erachtens; v. Chr. = vor Christus;
            n. Chr. = nach Christus; u. Z. = unserer Zeit; d. J. = dieses Jahres;
            a. D. = außer Dienst; geb. = geboren; gest. = gestorben; Jr. = Junior; jun. = Junior;
            sen. = Senior; vs. = versus; max. = maximal; mind. = mindestens;
            et al. = und andere; svw. = so viel wie; resp. = respektive; gem. = gemäß;
            Inc. = Incorporated; Mio. = Millionen; Mrd. = Milliarden"""
        ),
        name=_table(
            """Dr. = Doktor; Prof. = Professor; Hr. = Herr; Hrn. = Herrn; Fr. = Frau;
            Frl. = Fräulein;
            med. = medicinae; rer. nat. = rerum naturalium; rer. pol. = rerum politicarum;
            phil. = philosophiae; jur. = juris; h. c. = honoris causa;
            St. = Sankt; Hl. = Heilige; Dipl.-Ing. = Diplomingenieur; Ing. = Ingenieur;
            Mag. = Magister; Mr. = Mister; Mrs. = Missis"""
        ),
        number=_table(
            """Nrn. = Nummern; min. = minimal; S. = Seite; Abb. = Abbildung; Kap. = Kapitel;
            Bd. = Band; Bde. = Bände; Tab. = Tabelle; Art. = Artikel; Abs. = Absatz;
            Abschn. = Abschnitt;
            Fig. = Figur; Gl. = Gleichung; Ziff. = Ziffer; Tel. = Telefon; Jg. = Jahrgang;
            No. = Nummer; p. = Seite; rd. = rund; Anm. = Anmerkung"""
        ),
        after=_table("""Mio. = Millionen; Mrd. = Milliarden; Tsd. = tausend; Bill. = Billionen;
            Mio = Millionen; Mrd = Milliarden; Tsd = tausend"""),
    ),
    "es": Abbreviations(
        anywhere=_table(
            """p. ej. = por ejemplo; por ej. = por ejemplo; etc. = etcétera;
            aprox. = aproximadamente; EE. UU. = Estados Unidos; EE.UU. = Estados Unidos;
            EEUU = Estados Unidos; a. C. = antes de Cristo; d. C. = después de Cristo;
            a. de C. = antes de Cristo; d. de C. = después de Cristo; Ud. = usted; Uds. = ustedes;
            Vd. = usted; Vds. = ustedes; vs. = versus; ca. = circa; máx. = máximo; mín. = mínimo;
            Jr. = júnior; Sr. = señor; admón. = administración; dpto. = departamento;
            depto. = departamento; et al. = y otros; cf. = compárese; a. m. = de la mañana;
            p. m. = de la tarde; s. f. = sin fecha"""
        ),
        name=_table(
            """Sr. = señor; Sra. = señora; Srta. = señorita; Sres. = señores; Sras. = señoras;
            Dr. = doctor; Dra. = doctora; Dres. = doctores; Prof. = profesor; Profa. = profesora;
            D. = don; D.ª = doña; Dña. = doña; Ing. = ingeniero; Lic. = licenciado;
            Gral. = general; Cnel. = coronel; Cap. = capitán; Mons. = monseñor; Sto. = Santo;
            Sta. = Santa; S. = San; Av. = avenida; Avda. = avenida; Mr. = míster; Fr. = fray"""
        ),
        number=_table(
            """n.º = número; nº = número; núm. = número; núms. = números; Núm. = Número;
            N.º = Número;
            pág. = página; págs. = páginas; p. = página; pp. = páginas;
            fig. = figura; figs. = figuras; Fig. = Figura; cap. = capítulo; caps. = capítulos;
            art. = artículo; arts. = artículos; vol. = volumen; tel. = teléfono; c. = circa;
            ec. = ecuación; sec. = sección; ed. = edición; t. = tomo"""
        ),
        after={},
    ),
    "fr": Abbreviations(
        anywhere=_table(
            """p. ex. = par exemple; par ex. = par exemple; etc. = et cætera; env. = environ;
            c.-à-d. = c'est-à-dire; c-à-d = c'est-à-dire; cf. = confère;
            av. J.-C. = avant Jésus-Christ;
            apr. J.-C. = après Jésus-Christ; ap. J.-C. = après Jésus-Christ; J.-C. = Jésus-Christ;
            vs. = versus; vs = versus; max. = maximum; min. = minimum; approx. = approximativement;
            ca. = circa; et al. = et autres; Jr. = junior; éd. = édition; dép. = département;
            s.v.p. = s'il vous plaît; qqn = quelqu'un; qqch. = quelque chose;
            resp. = respectivement"""
        ),
        name=_table(
            """M. = monsieur; MM. = messieurs; Mme = madame; Mme. = madame; Mmes = mesdames;
            Mlle = mademoiselle; Mlle. = mademoiselle; Mlles = mesdemoiselles; Dr = docteur;
            Dr. = docteur; Drs = docteurs; Pr = professeur; Pr. = professeur; Prof. = professeur;
            Me = maître; Mgr = monseigneur; St = Saint; Ste = Sainte; St. = Saint; Ste. = Sainte;
            Gal = général; Mr = monsieur; Mr. = monsieur; Vve = veuve; bd = boulevard;
            Bd = boulevard; av. = avenue"""
        ),
        number=_table(
            """n° = numéro; nº = numéro; N° = numéro; nᵒ = numéro; p. = page;
            pp. = pages;
            fig. = figure; Fig. = Figure; figs. = figures; chap. = chapitre; ch. = chapitre;
            vol. = volume; art. = article; tab. = tableau; tél. = téléphone; éq. = équation;
            t. = tome; v. = vers; c. = circa; al. = alinéa"""
        ),
        after=_table("Mds = milliards; Md = milliards"),
    ),
}


def known(language: str) -> Abbreviations:
    """The abbreviations of a language; none for most languages."""
    return _begun(language.lower().partition("-")[0])


@cache
def _begun(main: str) -> Abbreviations:
    """The abbreviations, also with the capital with which they may begin a sentence."""
    listed = _LANGUAGES.get(main, _NONE)
    anywhere, number = (
        {short[0].upper() + short[1:]: said[0].upper() + said[1:] for short, said in table.items()}
        for table in (listed.anywhere, listed.number)
    )
    number = {short: said for short, said in number.items() if len(short) > 2}
    return replace(
        listed, anywhere={**anywhere, **listed.anywhere}, number={**number, **listed.number}
    )


_FINAL = _set(
    "etc. al. usw. usf. v.m. v.a. Ä. Chr. C. J.-C. UU. EE.UU. Jr. Sr. Jnr. Snr. Inc. Ltd. Corp. "
    "Co. Ph.D. M.D. U.S. U.S.A. U.K. U.N. E.U. A.D. B.C. B.C.E. C.E. D.C. Ave. Blvd. Rd. Dept. "
    "D. Z. J. jun. sen. m. Uds. Ud."
)
"""Last parts of abbreviations that may end a sentence."""
_LISTS = _set("etc. usw. usf. v.m. Ä.")
"""Abbreviations that end an enumeration, and often the sentence with it."""


def may_end(found: str) -> bool:
    """Whether an abbreviation may end a sentence before another one."""
    bare = re.sub(r"\s", "", found)
    return any(
        bare == end or bare.endswith("." + end) or (bare.endswith(end) and len(end) > 3)
        for end in _FINAL
    )


def ends_list(found: str) -> bool:
    """Whether an abbreviation ends an enumeration, and often the sentence with it."""
    return re.sub(r"\s", "", found).endswith(tuple(_LISTS))


@cache
def pattern(entries: frozenset[str]) -> re.Pattern[str]:
    """A pattern that finds any of some abbreviations as a word, the longest first.

    Where one has a space, there may be one of any kind or none.
    """
    each = sorted(entries, key=len, reverse=True)
    written = "|".join(re.escape(entry).replace(r"\ ", r"\s?") for entry in each)
    return re.compile(rf"(?<![\w.])(?:{written})(?!\w|\.\w)")


def said(entries: Mapping[str, str], found: str) -> str:
    """What is spoken for an abbreviation that was found."""
    bare = re.sub(r"\s", "", found)
    return next(said for short, said in entries.items() if short.replace(" ", "") == bare)
