"""The figures that a town starts with, each with its year, its source and how far to trust it.

None is a standard's. The prices and lives were gathered from what is known of Swedish practice in
2023 to 2026; few could be read in a published document. A town should put its own in their place.
"""

from __future__ import annotations

from gatusyn.model.course import Family
from gatusyn.model.damage import DamageKind
from gatusyn.model.treatment import Treatment, Trust

_PRACTICE = "Swedish practice, large areas, no published document: {} SEK/m2"
_LIFE = "Swedish practice, no published document: {}"
_CRACKS = (DamageKind.LONGITUDINAL_CRACK, DamageKind.TRANSVERSE_CRACK, DamageKind.CRAZING)
_LEAST_M = 50.0
"""Nobody sends a paver for less; a failed base is dug out where it is. Our assumption."""
_BROKEN = (DamageKind.CRAZING, DamageKind.POTHOLE, DamageKind.SURFACE_LOSS)


def default_treatments() -> dict[str, Treatment]:
    """Return the treatments by name, the lightest first."""
    return {one.name: one for one in (*_on_the_surface_that_stays(), *_new_surfaces())}


def _on_the_surface_that_stays() -> tuple[Treatment, ...]:
    return (
        Treatment(
            name="crack_sealing",
            swedish="spricklagning",
            cost_sek_m2=150.0,
            cost_year=2024,
            cost_source="Swedish practice, no published document: 30-60 SEK/m; "
            "a crack takes a band of 0.3 m (records.linear_width_m)",
            cost_trust=Trust.LOW,
            mobilisation_sek=5_000.0,
            index_from=60.0,
            index_below=85.0,
            damages=_CRACKS[:2],
            hold_pace=0.5,
            life_years=8.0,
            effect_year=2024,
            effect_source=_LIFE.format("3-5 years gained") + "; gained evenly over 8 years",
            effect_trust=Trust.LOW,
            laid_on=_CRACKS[:2],
            share_at_50=0.25,
        ),
        Treatment(
            name="surface_sealing",
            swedish="försegling",
            cost_sek_m2=45.0,
            cost_year=2024,
            cost_source=_PRACTICE.format("30-60"),
            cost_trust=Trust.LOW,
            minimum_length_m=_LEAST_M,
            mobilisation_sek=10_000.0,
            index_from=60.0,
            index_below=88.0,
            gain=4.0,
            gain_to=92.0,
            hold_pace=0.5,
            life_years=10.0,
            effect_year=2024,
            effect_source=_LIFE.format("5-8 years gained")
            + "; United States: slurry seal 5-7 years; gained evenly over 10 years",
            effect_trust=Trust.MEDIUM,
        ),
        Treatment(
            name="pothole_repair",
            swedish="potthålslagning",
            cost_sek_m2=1_100.0,
            cost_year=2024,
            cost_source="Swedish practice, no published document: 800-1500 SEK/m2; "
            "Borås 2024 (read): 1100-1900 SEK/m2 for 6-50 m2",
            cost_trust=Trust.MEDIUM,
            mobilisation_sek=2_000.0,
            index_below=75.0,
            damages=(DamageKind.POTHOLE,),
            gain=5.0,
            gain_to=70.0,
            life_years=2.0,
            effect_year=2024,
            effect_source=_LIFE.format("1-3 years gained"),
            effect_trust=Trust.LOW,
            laid_on=(DamageKind.POTHOLE,),
            share_at_50=0.01,
        ),
        Treatment(
            name="levelling",
            swedish="justering",
            cost_sek_m2=140.0,
            cost_year=2024,
            cost_source=_PRACTICE.format("100-180"),
            cost_trust=Trust.LOW,
            mobilisation_sek=10_000.0,
            index_from=35.0,
            index_below=65.0,
            damages=_BROKEN,
            gain=15.0,
            gain_to=75.0,
            life_years=4.5,
            effect_year=2024,
            effect_source=_LIFE.format("3-6 years gained"),
            effect_trust=Trust.LOW,
            laid_on=_BROKEN,
            share_at_50=0.3,
        ),
    )


def _new_surfaces() -> tuple[Treatment, ...]:
    return (
        Treatment(
            name="overlay",
            swedish="toppning",
            cost_sek_m2=160.0,
            cost_year=2024,
            cost_source=_PRACTICE.format("120-200") + ", 80-100 kg/m2 ABT",
            cost_trust=Trust.MEDIUM,
            minimum_length_m=_LEAST_M,
            mobilisation_sek=15_000.0,
            index_from=40.0,
            index_below=75.0,
            reach=97.0,
            life_years=16.0,
            effect_year=2024,
            effect_source=_LIFE.format("12-20 years"),
            effect_trust=Trust.MEDIUM,
        ),
        Treatment(
            name="mill_overlay",
            swedish="fräsning och toppning",
            cost_sek_m2=240.0,
            cost_year=2024,
            cost_source=_PRACTICE.format("180-300")
            + "; Strängnäs (read, undated): 198 SEK/m2 from 501 m2; "
            "thesis 2014 (read): 215-305 SEK/m2 for 10 000 m2",
            cost_trust=Trust.MEDIUM,
            minimum_length_m=_LEAST_M,
            mobilisation_sek=20_000.0,
            index_from=30.0,
            index_below=75.0,
            reach=100.0,
            life_years=17.5,
            effect_year=2024,
            effect_source=_LIFE.format("15-20 years") + "; United States: 10-15",
            effect_trust=Trust.MEDIUM,
        ),
        Treatment(
            name="base_overlay",
            swedish="bärlager och toppning",
            cost_sek_m2=490.0,
            cost_year=2024,
            cost_source=_PRACTICE.format("200-300") + " on top of milling and overlay",
            cost_trust=Trust.LOW,
            mobilisation_sek=25_000.0,
            index_from=10.0,
            index_below=60.0,
            reach=100.0,
            life_years=22.5,
            effect_year=2024,
            effect_source=_LIFE.format("20-25 years"),
            effect_trust=Trust.LOW,
        ),
        Treatment(
            name="reconstruction",
            swedish="rekonstruktion",
            cost_sek_m2=1_750.0,
            cost_year=2024,
            cost_source=_PRACTICE.format("1000-2500"),
            cost_trust=Trust.LOW,
            mobilisation_sek=50_000.0,
            index_from=0.0,
            index_below=45.0,
            reach=100.0,
            life_years=40.0,
            effect_year=2024,
            effect_source=_LIFE.format("40 years"),
            effect_trust=Trust.LOW,
        ),
    )


def default_families() -> dict[str, Family]:
    """Return the families by name, the most traffic first, paths last."""
    main_triggers = 50.0
    return {
        one.name: one
        for one in (
            Family(
                name="busy",
                swedish="mycket trafik",
                aadt_from=8_000.0,
                classes=("0", "1", "motorway", "motorway_link", "trunk", "trunk_link"),
                life_years=10.0,
                trigger=main_triggers,
                life_year=2024,
                life_source=_LIFE.format("8-12 years above ÅDT 8000"),
                life_trust=Trust.MEDIUM,
            ),
            Family(
                name="main",
                swedish="huvudgator",
                aadt_from=2_000.0,
                classes=("2", "3", "4", "primary", "primary_link", "secondary", "secondary_link"),
                life_years=14.5,
                trigger=main_triggers,
                life_year=2024,
                life_source=_LIFE.format("12-17 years at ÅDT 2000-8000")
                + "; Vänersborg (read): main streets 10-20",
                life_trust=Trust.MEDIUM,
            ),
            Family(
                name="collector",
                swedish="uppsamlingsgator",
                aadt_from=500.0,
                classes=("5", "6", "tertiary", "tertiary_link", "unclassified"),
                life_years=18.5,
                life_year=2024,
                life_source=_LIFE.format("15-22 years at ÅDT 500-2000"),
                life_trust=Trust.MEDIUM,
            ),
            Family(
                name="local",
                swedish="lokalgator",
                aadt_from=0.0,
                classes=("7", "8", "9", "residential", "living_street", "service"),
                life_years=25.0,
                life_year=2024,
                life_source=_LIFE.format("20-30 years below ÅDT 500")
                + "; Statistics Canada 2020 (read): 29",
                life_trust=Trust.MEDIUM,
            ),
            Family(
                name="path",
                swedish="gång- och cykelvägar",
                is_path=True,
                life_years=25.0,
                life_year=2024,
                life_source=_LIFE.format("20-30 years"),
                life_trust=Trust.LOW,
            ),
        )
    }
