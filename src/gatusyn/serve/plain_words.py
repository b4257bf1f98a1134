"""The words of the pages that stand outside the map, in three languages."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("sv", "en", "pt")
"""The first is what is shown to who asks for none of them."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "Log in": {"sv": "Logga in", "pt": "Entrar"},
    "Log out": {"sv": "Logga ut", "pt": "Sair"},
    "Town": {"sv": "Kommun", "pt": "Município"},
    "Name": {"sv": "Användarnamn", "pt": "Nome de utilizador"},
    "Password": {"sv": "Lösenord", "pt": "Palavra-passe"},
    "Code, if you use one": {
        "sv": "Engångskod, om du har en",
        "pt": "Código, se usar um",
    },
    "Log in with the town's account": {
        "sv": "Logga in med kommunens konto",
        "pt": "Entrar com a conta do município",
    },
    "Name, password or code is wrong. Check all three and try again.": {
        "sv": "Namn, lösenord eller kod stämmer inte. Kontrollera alla tre och försök igen.",
        "pt": "Nome, palavra-passe ou código errado. Verifique os três e tente de novo.",
    },
    "Too many have failed. Wait a quarter of an hour and try again.": {
        "sv": "För många misslyckade försök. Vänta en kvart och försök igen.",
        "pt": "Demasiadas tentativas falhadas. Espere um quarto de hora e tente de novo.",
    },
    "The log-in at the town's account did not succeed.": {
        "sv": "Inloggningen med kommunens konto lyckades inte.",
        "pt": "A entrada com a conta do município falhou.",
    },
    "Your account": {"sv": "Ditt konto", "pt": "A sua conta"},
    "To the map": {"sv": "Till kartan", "pt": "Para o mapa"},
    "Role": {"sv": "Roll", "pt": "Função"},
    "administrator": {"sv": "administratör", "pt": "administrador"},
    "engineer": {"sv": "ingenjör", "pt": "engenheiro"},
    "reviewer": {"sv": "granskare", "pt": "revisor"},
    "driver": {"sv": "förare", "pt": "condutor"},
    "contractor": {"sv": "entreprenör", "pt": "empreiteiro"},
    "viewer": {"sv": "läsare", "pt": "leitor"},
    "Change the password": {"sv": "Byt lösenord", "pt": "Mudar a palavra-passe"},
    "Present password": {"sv": "Nuvarande lösenord", "pt": "Palavra-passe atual"},
    "New password": {"sv": "Nytt lösenord", "pt": "Nova palavra-passe"},
    "At least 12 characters; some words that belong together are best.": {
        "sv": "Minst 12 tecken; några ord som hör ihop är bäst.",
        "pt": "Pelo menos 12 caracteres; algumas palavras juntas são o melhor.",
    },
    "The password has been changed; other log-ins have ended.": {
        "sv": "Lösenordet är bytt; andra inloggningar är avslutade.",
        "pt": "A palavra-passe foi mudada; as outras sessões terminaram.",
    },
    "Codes from a phone": {"sv": "Engångskoder från telefon", "pt": "Códigos do telemóvel"},
    "On": {"sv": "På", "pt": "Ligado"},
    "Off": {"sv": "Av", "pt": "Desligado"},
    "Switch on": {"sv": "Slå på", "pt": "Ligar"},
    "Switch off": {"sv": "Stäng av", "pt": "Desligar"},
    "Type this secret into an app for codes on your phone, or open the address there.": {
        "sv": "Skriv in hemligheten i en app för engångskoder på telefonen, "
        "eller öppna adressen där.",
        "pt": "Escreva este segredo numa aplicação de códigos do telemóvel, ou abra lá o endereço.",
    },
    "Code that the phone shows": {
        "sv": "Koden som telefonen visar",
        "pt": "Código que o telemóvel mostra",
    },
    "Print these codes: each stands in for the phone once. They are not shown again.": {
        "sv": "Skriv ut koderna: var och en gäller en gång i stället för telefonen. "
        "De visas inte igen.",
        "pt": "Imprima estes códigos: cada um substitui o telemóvel uma vez. "
        "Não voltam a ser mostrados.",
    },
    "How your street is": {"sv": "Så här mår din gata", "pt": "Como está a sua rua"},
    "Search for a street": {"sv": "Sök gata", "pt": "Procurar uma rua"},
    "Search": {"sv": "Sök", "pt": "Procurar"},
    "Street": {"sv": "Gata", "pt": "Rua"},
    "Length, m": {"sv": "Längd, m", "pt": "Comprimento, m"},
    "Looked at": {"sv": "Bedömt", "pt": "Observado"},
    "Grade": {"sv": "Tillstånd", "pt": "Estado"},
    "Worst stretch": {"sv": "Sämsta sträckan", "pt": "Pior troço"},
    "very good": {"sv": "mycket bra", "pt": "muito bom"},
    "good": {"sv": "bra", "pt": "bom"},
    "fair": {"sv": "godtagbart", "pt": "razoável"},
    "poor": {"sv": "dåligt", "pt": "mau"},
    "very poor": {"sv": "mycket dåligt", "pt": "muito mau"},
    "unknown": {"sv": "okänt", "pt": "desconhecido"},
    "streets": {"sv": "gator", "pt": "ruas"},
    "Next": {"sv": "Nästa", "pt": "Seguinte"},
    "Previous": {"sv": "Föregående", "pt": "Anterior"},
    "Judged from pictures taken from the street; no pictures are shown here. Unknown means that "
    "not enough of the street was looked at.": {
        "sv": "Bedömt från bilder tagna från gatan; inga bilder visas här. Okänt betyder att för "
        "lite av gatan har setts.",
        "pt": "Avaliado a partir de imagens tiradas da rua; aqui não se mostram imagens. "
        "Desconhecido significa que se observou pouco da rua.",
    },
}
"""By the English words; English is what they say themselves."""
