//! Spanish.

use super::pack::{Bound, Frame, Kin, Pack, Part, Unit, Which, meanings, phrases};

pub(super) fn pack() -> Pack {
    Pack {
        months: meanings(&[
            (1, "enero"),
            (2, "febrero"),
            (3, "marzo"),
            (4, "abril"),
            (5, "mayo"),
            (6, "junio"),
            (7, "julio"),
            (8, "agosto"),
            (9, "septiembre, setiembre"),
            (10, "octubre"),
            (11, "noviembre"),
            (12, "diciembre"),
        ]),
        weekdays: meanings(&[
            (1, "lunes"),
            (2, "martes"),
            (3, "miercoles"),
            (4, "jueves"),
            (5, "viernes"),
            (6, "sabado"),
            (7, "domingo"),
        ]),
        days: meanings(&[
            (0, "hoy, ahora"),
            (1, "manana"),
            (2, "pasado manana"),
            (-1, "ayer, anoche"),
            (-2, "anteayer, antes de ayer"),
        ]),
        today_parts: meanings(&[
            (Part::Night, "esta noche, hoy por la noche"),
            (Part::Afternoon, "esta tarde, hoy por la tarde"),
            (Part::Morning, "esta manana, hoy por la manana"),
        ]),
        parts: meanings(&[
            (Part::Morning, "am, a m, de la manana, por la manana, en la manana, de la madrugada"),
            (Part::Afternoon, "pm, p m, de la tarde, por la tarde, en la tarde, del mediodia, del medio dia"),
            (Part::Night, "de la noche, por la noche, en la noche"),
        ]),
        day_parts: meanings(&[
            (Part::Morning, "a la manana, por la manana, en la manana, temprano"),
            (Part::Afternoon, "a la tarde, por la tarde, en la tarde, tarde"),
            (Part::Night, "a la noche, por la noche, en la noche, noche"),
        ]),
        units: meanings(&[
            (Unit::Second, "segundo, segundos"),
            (Unit::Minute, "minuto, minutos"),
            (Unit::Hour, "hora, horas"),
            (Unit::Day, "dia, dias, noche, noches"),
            (Unit::Week, "semana, semanas"),
            (Unit::Fortnight, "quincena"),
            (Unit::Month, "mes, meses"),
            (Unit::Year, "ano, anos"),
        ]),
        which: meanings(&[
            (Which::This, "este, el, este proximo"),
            (Which::Next, "el proximo, proximo, el siguiente"),
            (Which::Last, "el pasado, pasado"),
        ]),
        named_times: meanings(&[(720, "mediodia, medio dia, al mediodia"), (0, "medianoche, media noche")]),
        fractions: meanings(&[(30, "media"), (15, "cuarto, un cuarto"), (45, "tres cuartos")]),
        past_to: meanings(&[(false, "para las, para la, minutos para las, minutos para la"), (true, "pasadas las")]),
        hour_then: meanings(&[(true, "y, con"), (false, "menos")]),
        full_hour: phrases("en punto, horas, h"),
        at: phrases(
            "\
                a las, a la, sobre las, sobre la, hacia las, hacia la, como a las, las, la, tipo, tipo las",
        ),
        bounds: meanings(&[
            (
                Bound::From,
                "\
                despues de las, despues de la, despues del, entre las, entre la, desde las, desde la, a partir de \
                las, a partir de la, pasadas las, pasada la",
            ),
            (Bound::To, "antes de las, antes de la, antes del, hasta las, hasta la"),
        ]),
        until: phrases("a, y, hasta"),
        greetings: phrases("buenos dias, buenas tardes, buenas noches"),
        vague_times: phrases(
            "\
                a cualquier hora, cualquier hora, mas tarde, luego, cuando sea, cuanto antes, lo antes posible, por \
                la manana, por la tarde, por la noche",
        ),
        vague_dates: phrases(
            "\
                cualquier dia, algun dia, otro dia, fin de mes, finales de mes, principios de mes, la semana que \
                viene, la proxima semana, la semana proxima, esta semana, el mes que viene, el proximo mes, este \
                mes, el fin de semana, fin de semana, este fin de semana, el proximo fin de semana, el ano que viene",
        ),
        ahead: phrases("en, dentro de, de aqui a, de aqui en"),
        from_now: phrases("a partir de hoy, a partir de ahora, desde hoy, mas tarde"),
        from: phrases("despues de, despues del, a partir de, a partir del, desde, desde el"),
        ago: phrases("hace, atras"),
        vague_counts: phrases(
            "\
                unos, unas, unos pocos, unas pocas, unos cuantos, unas cuantas, varios, varias, algunos, algunas, \
                muchos, muchas",
        ),
        counts: meanings(&[
            (2.0, "un par de"),
            (0.5, "media"),
            (1.5, "una hora y media"),
            (0.25, "un cuarto de"),
            (0.75, "tres cuartos de"),
            (12.0, "una docena de"),
        ]),
        of: phrases("de, del, del mes de, del ano"),
        and: phrases("y, e, mas, con"),
        people: meanings(&[
            (
                Kin::Head,
                "\
                personas, persona, comensales, adultos, adulto, invitados, pax, hombres, mujeres, senoras, senores, \
                chicos, chicas",
            ),
            (
                Kin::Other,
                "\
                ninos, ninas, bebes, amigos, amigas, companeros, companeras, colegas, hijos, hijas, hermanos, \
                hermanas, primos, primas, tios, nietos, sobrinos, vecinos, clientes, familiares, personas mas",
            ),
            (Kin::Two, "padres, papas, abuelos, suegros, gemelos, gemelas, mellizos"),
            (Kin::Pair, "parejas, matrimonios, pareja, matrimonio"),
        ]),
        person: phrases(
            "\
                persona, adulto, hombre, mujer, nino, nina, bebe, amigo, amiga, companero, companera, colega, jefe, \
                jefa, pareja, esposa, esposo, marido, novia, novio, prometida, prometido, madre, mama, padre, papa, \
                suegra, suegro, hijo, hija, hermano, hermana, primo, prima, tio, tia, abuelo, abuela, nieto, nieta, \
                sobrino, sobrina, vecino, vecina, cliente",
        ),
        myself: phrases("yo, mi, yo mismo, yo misma, conmigo, yo solo, yo sola"),
        possessives: phrases("mi, mis, nuestro, nuestra, nuestros, nuestras, su, sus, un, una, el, la, los, las"),
        own: phrases("mi, mis, nuestro, nuestra, nuestros, nuestras"),
        own_noun: phrases(
            "amigo, amiga, companero, companera, colega, jefe, jefa, esposa, esposo, marido, novia, novio, cliente",
        ),
        adjectives: phrases("otro, otra, otros, otras, mas, pequeno, pequena, pequenos, pequenas, mejor"),
        part_of: phrases("de mis, de nuestros, de nuestras, de los, de las, de sus"),
        seats: phrases("mesa, mesas"),
        things: phrases(
            "\
            am, pm, %, por ciento, mesa, mesas, estrella, estrellas, tronas, trona, sillas, veces, platos, menus, \
            restaurantes, habitaciones, tarjetas, preguntas, cosas, y media, y cuarto, en punto, de la manana, de la tarde, \
            de la noche",
        ),
        option: phrases("opcion, numero, el numero, la opcion, tecla, boton, mesa numero"),
        holidays: meanings(&[
            ((12, 25), "navidad, dia de navidad"),
            ((12, 24), "nochebuena"),
            ((12, 31), "nochevieja, fin de ano"),
            ((1, 1), "ano nuevo, dia de ano nuevo"),
            ((1, 6), "dia de reyes, reyes"),
            ((2, 14), "san valentin, dia de san valentin"),
        ]),
        only: phrases("solo, solamente, solo para, unicamente, nada mas"),
        alone: phrases("solo, sola, nada mas, solamente"),
        before_size: phrases(
            "\
            mesa para, mesa de, reserva para, reservacion para, reservar para, reserva de, sitio para, lugar para, espacio \
            para, grupo de, familia de, cena para, comida para, somos, seremos, seriamos, vamos a ser, vamos a ir, un total \
            de, total de, solo somos, mesa para solo, cenar",
        ),
        perhaps_size: phrases(
            "para, para los, para las, iremos, vamos, solo, solamente, los, las, con, que sean, seamos, son, de",
        ),
        goes_on: phrases(
            "\
            a, al, el, la, los, las, en, por, para, con, y, o, del, de, manana, hoy, esta, este, si, pero, gracias, sobre, a \
            nombre, bajo, ahora, mas, que, dentro, fuera, afuera, terraza, juntos, eh, pues, bueno, vale",
        ),
        on_at: phrases("a las, a la, para el, para las, para la, el, el dia, para, al"),
        size_topic: phrases("personas, numero de personas, cuantos, comensales, invitados, gente"),
        is_to: phrases("es, son, a, sea, sean, somos, seremos"),
        changes: phrases("cambiar, cambie, cambia, mover, modificar, aumentar, reducir"),
        after_size: phrases("de nosotros, en total, cubiertos, plazas, asientos, sillas"),
        before_name: meanings(&[
            (
                Frame::Sure,
                "\
                se escribe, se deletrea, me llamo, mi nombre es, el nombre es, nombre es, a nombre de, al nombre de, en nombre de, bajo el \
                nombre de, bajo el nombre, con el nombre de, con el nombre, nombre de, mi nombre completo es, a \
                nombre, nombre, le habla, soy",
            ),
            (Frame::Maybe, "de, para"),
            (Frame::Likely, "habla, es"),
            (Frame::Last, "mi apellido es, apellido es, de apellido, apellido"),
            (Frame::First, "mi primer nombre es, primer nombre es, nombre de pila es, nombre de pila"),
        ]),
        after_name: meanings(&[
            (Frame::Sure, "es mi nombre, al habla"),
            (Frame::Last, "es mi apellido, es el apellido"),
        ]),
        titles: phrases(
            "\
                senor, senora, senorita, don, dona, sr, sra, srta, doctor, doctora, dr, dra, el senor, la senora",
        ),
        corrections: phrases(
            "\
                no, perdon, digo, mejor, mejor dicho, quiero decir, quise decir, espera, espere, mas bien, en \
                realidad, bueno, que sea, que sean, lo cambio a",
        ),
        denials: phrases("no, no a las, no a la, no el, no para, en vez de, en lugar de"),
        yes: phrases(
            "\
                si, claro, claro que si, por supuesto, correcto, exacto, eso es, asi es, vale, de acuerdo, ok, okay, \
                bueno, esta bien, perfecto, desde luego, efectivamente, afirmativo, andale, sale, como no, si por \
                favor",
        ),
        no: phrases(
            "\
                no, no gracias, para nada, en absoluto, claro que no, por supuesto que no, desde luego que no, \
                negativo, incorrecto, no es correcto, no esta bien, esta mal, nunca, que va, tampoco, no es asi",
        ),
        currencies: meanings(&[
            ("USD", "$, dolar, dolares, usd"),
            ("EUR", "€, euro, euros, eur"),
            ("GBP", "£, libra, libras, libras esterlinas"),
            ("MXN", "peso, pesos, peso mexicano, pesos mexicanos"),
            ("JPY", "yenes"),
            ("CHF", "francos, francos suizos"),
        ]),
        cents: phrases("centimo, centimos, centavo, centavos, penique, peniques"),
        no_names: NO_NAMES.split_ascii_whitespace().collect(),
        month_first: false,
    }
}

/// Words that are no name even with a capital, or behind a name's frame, beside the words of the tables above.
const NO_NAMES: &str = "
a ahora al algo alguien alli aqui asi aun bien buen buena buenas bueno buenos cada cambiar cancelar casa cena
cenar claro comer comida como con confirmar correcto cual cuando de del desde dia dias disculpe donde el ella
ellos en entonces era es esa ese eso esta estamos estan este esto estoy favor fue gracias gustaria ha hace hacer
han hasta hay hola hora horas hoy la las le llamo lo los luego manana mas me mejor menos mesa mi mio mis mucho
muy nada necesito ni no noche nombre nos nosotros o otra otro para pero persona personas poder podria por porque
puede puedo pues que queremos quiero quisiera reserva reservacion reservar sabe se seremos seria si sin sobre
solo somos son soy su sus tambien tarde tardes tenemos tener tengo terraza tiene todo todos tu un una uno unos
usted vale vamos vez y ya yo
";
