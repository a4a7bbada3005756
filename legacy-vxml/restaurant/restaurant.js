// The Larkfield Table: names, dates, times and wording shared by all dialogs. The tables themselves are in the
// reservation system. Dates are as the builtin type has them, 20260305, and times, too: 0730p, 1930h, 0900?.

var weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
var months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October',
  'November', 'December'];
var weekdaysEs = ['el domingo', 'el lunes', 'el martes', 'el miércoles', 'el jueves', 'el viernes', 'el sábado'];
var monthsEs = ['enero', 'febrero', 'marzo', 'abril', 'mayo', 'junio', 'julio', 'agosto', 'septiembre', 'octubre',
  'noviembre', 'diciembre'];

var opens = 9 * 60;
var lastTable = 21 * 60 + 30;

var alphabet = {
  A: 'Alfa', B: 'Bravo', C: 'Charlie', D: 'Delta', E: 'Echo', F: 'Foxtrot', G: 'Golf', H: 'Hotel', I: 'India',
  J: 'Juliet', K: 'Kilo', L: 'Lima', M: 'Mike', N: 'November', O: 'Oscar', P: 'Papa', Q: 'Quebec', R: 'Romeo',
  S: 'Sierra', T: 'Tango', U: 'Uniform', V: 'Victor', W: 'Whiskey', X: 'X-ray', Y: 'Yankee', Z: 'Zulu'
};
var alphabetEs = {
  A: 'Antonio', B: 'Barcelona', C: 'Carmen', D: 'Dolores', E: 'Enrique', F: 'Francia', G: 'Gerona', H: 'Historia',
  I: 'Inés', J: 'José', K: 'Kilo', L: 'Lorenzo', M: 'Madrid', N: 'Navarra', O: 'Oviedo', P: 'París', Q: 'Querido',
  R: 'Ramón', S: 'Sábado', T: 'Tarragona', U: 'Ulises', V: 'Valencia', W: 'Washington', X: 'Xiquena', Y: 'Yegua',
  Z: 'Zaragoza'
};

function greeting(now) {
  var hour = now.getHours();
  return hour < 12 ? 'Good morning' : hour < 18 ? 'Good afternoon' : 'Good evening';
}

function hasNumber(uri) {
  return uri !== undefined && uri !== null && /\d{3}/.test(String(uri));
}

// What was spelled is in capitals: MISHA is Misha.
function properName(name) {
  var text = String(name);
  if (text != text.toUpperCase()) {
    return text;
  }
  var words = text.toLowerCase().split(' ');
  for (var i = 0; i < words.length; i++) {
    words[i] = words[i].charAt(0).toUpperCase() + words[i].substring(1);
  }
  return words.join(' ');
}

function two(number) {
  return (number < 10 ? '0' : '') + number;
}

function dateOf(day) {
  return day.getFullYear() + two(day.getMonth() + 1) + two(day.getDate());
}

function dayOf(date) {
  return new Date(Number(date.substring(0, 4)), Number(date.substring(4, 6)) - 1, Number(date.substring(6, 8)));
}

// A date whose year was not said is the next one of that name. Empty if there is no such day.
function wholeDate(date, now) {
  var text = String(date);
  var monthDay = text.substring(4, 8);
  if (text.substring(0, 4) == '????') {
    text = now.getFullYear() + monthDay;
    if (text < dateOf(now)) {
      text = (now.getFullYear() + 1) + monthDay;
    }
  }
  return /^\d{8}$/.test(text) && dateOf(dayOf(text)) == text ? text : '';
}

// Of the reservation system's 2026-03-05 and 19:30.
function keyedDate(date) {
  return date.replace(/-/g, '');
}

function keyedTime(time) {
  return time.replace(':', '') + 'h';
}

function choices(list) {
  var numbered = new Array();
  for (var i = 0; i < list.length; i++) {
    numbered.push({ date: keyedDate(list[i].date), time: keyedTime(list[i].time), key: i + 1 });
  }
  return numbered;
}

function minutesOf(time) {
  var hour = Number(time.substring(0, 2));
  var half = time.charAt(4);
  if (half == 'a') {
    hour = hour % 12;
  } else if (half == 'p') {
    hour = hour % 12 + 12;
  }
  return hour * 60 + Number(time.substring(2, 4));
}

function isOpenAt(minutes) {
  return minutes >= opens && minutes <= lastTable;
}

function timeOf(minutes) {
  return two(Math.floor(minutes / 60)) + two(minutes % 60) + 'h';
}

// What can be in the morning and in the evening is settled where we are open at only one of them.
function settledTime(time) {
  var text = String(time);
  if (text.charAt(4) != '?') {
    return text;
  }
  var minutes = minutesOf(text) % 720;
  if (isOpenAt(minutes) && isOpenAt(minutes + 720)) {
    return text;
  }
  return timeOf(isOpenAt(minutes) ? minutes : minutes + 720);
}

function isAmbiguous(time) {
  return time !== undefined && String(time).charAt(4) == '?';
}

function halved(time, half) {
  return time.substring(0, 4) + half;
}

function isClosed(time) {
  return !isAmbiguous(time) && !isOpenAt(minutesOf(time));
}

function isParty(people) {
  var number = Number(people);
  return number >= 1 && number == Math.floor(number);
}

function dayName(date, now) {
  var today = dateOf(now);
  var tomorrow = dateOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1));
  if (date == today) {
    return 'today';
  }
  if (date == tomorrow) {
    return 'tomorrow';
  }
  var day = dayOf(date);
  return weekdays[day.getDay()] + ', ' + months[day.getMonth()] + ' ' + day.getDate();
}

function dayNameEs(date, now) {
  var today = dateOf(now);
  var tomorrow = dateOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1));
  if (date == today) {
    return 'hoy';
  }
  if (date == tomorrow) {
    return 'mañana';
  }
  var day = dayOf(date);
  return weekdaysEs[day.getDay()] + ' ' + day.getDate() + ' de ' + monthsEs[day.getMonth()];
}

function clockOf(minutes) {
  var hour = Math.floor(minutes / 60) % 12;
  return (hour == 0 ? 12 : hour) + (minutes % 60 == 0 ? '' : ':' + two(minutes % 60));
}

function timeName(time) {
  var minutes = minutesOf(time);
  return minutes == 720 ? 'noon' : clockOf(minutes) + (minutes < 720 ? ' AM' : ' PM');
}

function plainTime(time) {
  return clockOf(minutesOf(time));
}

function timeNameEs(time) {
  var minutes = minutesOf(time);
  if (minutes == 720) {
    return 'mediodía';
  }
  var part = minutes < 720 ? ' de la mañana' : minutes < 20 * 60 ? ' de la tarde' : ' de la noche';
  return plainTimeEs(timeOf(minutes)) + part;
}

function plainTimeEs(time) {
  var minutes = minutesOf(time) % 720;
  return (minutes >= 60 && minutes < 120 ? 'la ' : 'las ') + clockOf(minutes);
}

// A B 1 2 3 4
function spell(text) {
  return text.split('').join(' ');
}

// A as in Alfa, B as in Bravo, 1 2 3 4
function spellOut(id) {
  return id.charAt(0) + ' as in ' + alphabet[id.charAt(0)] + ', ' + id.charAt(1) + ' as in ' + alphabet[id.charAt(1)] +
    ', ' + spell(id.substring(2));
}

function spellOutEs(id) {
  return id.charAt(0) + ' de ' + alphabetEs[id.charAt(0)] + ', ' + id.charAt(1) + ' de ' + alphabetEs[id.charAt(1)] +
    ', ' + spell(id.substring(2));
}
