// Larkwing Airways: look-ups and wording shared by all dialogs. Loaded once, by the root documents.
// The tables stand where the reservation host would be asked.

var cities = {
  BOS: 'Boston',
  ORD: 'Chicago',
  MIA: 'Miami',
  SEA: 'Seattle'
};

// Times are minutes after midnight.
var flights = [
  { number: 212, from: 'BOS', to: 'MIA', departs: 14 * 60 + 30, arrives: 17 * 60 + 55, gate: 'B 4', delay: 0, cancelled: false },
  { number: 88, from: 'MIA', to: 'BOS', departs: 9 * 60 + 10, arrives: 12 * 60 + 30, gate: 'C 11', delay: 0, cancelled: false },
  { number: 415, from: 'BOS', to: 'ORD', departs: 11 * 60 + 15, arrives: 13 * 60 + 5, gate: 'A 9', delay: 45, cancelled: false },
  { number: 731, from: 'ORD', to: 'SEA', departs: 18 * 60 + 40, arrives: 21 * 60 + 10, gate: 'H 2', delay: 0, cancelled: true },
  { number: 16, from: 'SEA', to: 'BOS', departs: 7 * 60, arrives: 15 * 60 + 25, gate: 'N 6', delay: 0, cancelled: false },
  { number: 540, from: 'MIA', to: 'ORD', departs: 16 * 60 + 5, arrives: 18 * 60 + 20, gate: 'D 3', delay: 0, cancelled: false }
];

var customers = [
  { phone: '4155550100', name: 'Ms. Alvarez', booking: '471209' },
  { phone: '6175550117', name: 'Mr. Okafor', booking: null }
];

// days: how many days after the call the trip begins.
var bookings = {
  '471209': { locator: '471209', name: 'Alvarez', flight: 212, days: 1, seat: '14 C', bags: 1, cancelled: false },
  '305182': { locator: '305182', name: 'Lindqvist', flight: 540, days: 3, seat: '7 A', bags: 2, cancelled: false }
};

var claims = {
  '600120': { found: true, at: 'Boston', by: '6 PM' },
  '600239': { found: false, at: '', by: '' }
};

var weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

// The last ten digits of the caller's number, however the platform writes it (tel:, sip:, +1 ...).
function callerNumber(uri) {
  if (uri === undefined || uri === null) {
    return '';
  }
  var user = String(uri).replace(/@.*$/, '');
  var digits = user.replace(/\D/g, '');
  return digits.length > 10 ? digits.substring(digits.length - 10) : digits;
}

function findCustomer(uri) {
  var phone = callerNumber(uri);
  for (var i = 0; i < customers.length; i++) {
    if (customers[i].phone == phone) {
      return customers[i];
    }
  }
  return null;
}

function findFlight(digits) {
  var wanted = parseInt(digits, 10);
  for (var i = 0; i < flights.length; i++) {
    if (flights[i].number == wanted) {
      return flights[i];
    }
  }
  return null;
}

function flightBetween(from, to) {
  for (var i = 0; i < flights.length; i++) {
    if (flights[i].from == from && flights[i].to == to) {
      return flights[i];
    }
  }
  return null;
}

// Confirmation and claim numbers have six digits; the last is a check digit: the sum of the first five, each times its place, modulo 10.
function hasCheckDigit(digits) {
  if (!/^\d{6}$/.test(digits)) {
    return false;
  }
  var sum = 0;
  for (var i = 0; i < 5; i++) {
    sum += (i + 1) * parseInt(digits.charAt(i), 10);
  }
  return sum % 10 == parseInt(digits.charAt(5), 10);
}

function findBooking(locator) {
  return bookings.hasOwnProperty(locator) ? bookings[locator] : null;
}

function findClaim(number) {
  return claims.hasOwnProperty(number) ? claims[number] : null;
}

function greeting(now) {
  var hour = now.getHours();
  if (hour < 12) {
    return 'Good morning';
  }
  return hour < 18 ? 'Good afternoon' : 'Good evening';
}

function greetingEs(now) {
  var hour = now.getHours();
  if (hour < 12) {
    return 'Buenos días';
  }
  return hour < 19 ? 'Buenas tardes' : 'Buenas noches';
}

// The reservations desk is open from 7 AM to 10 PM on weekdays, from 8 AM to 8 PM on weekends.
function deskOpen(now) {
  var hour = now.getHours();
  var day = now.getDay();
  return day == 0 || day == 6 ? hour >= 8 && hour < 20 : hour >= 7 && hour < 22;
}

function spell(text) {
  return String(text).split('').join(' ');
}

function clock(minutes) {
  var hour = Math.floor(minutes / 60) % 24;
  var minute = minutes % 60;
  var twelve = hour % 12 == 0 ? 12 : hour % 12;
  return twelve + (minute == 0 ? '' : ':' + (minute < 10 ? '0' : '') + minute) + (hour < 12 ? ' AM' : ' PM');
}

// Where a flight is at a time of day: cancelled, scheduled, delayed, boarding, flying or landed.
function phase(flight, now) {
  var minutes = now.getHours() * 60 + now.getMinutes();
  if (flight.cancelled) {
    return 'cancelled';
  }
  if (minutes >= flight.arrives + flight.delay) {
    return 'landed';
  }
  if (minutes >= flight.departs + flight.delay) {
    return 'flying';
  }
  if (minutes >= flight.departs + flight.delay - 40) {
    return 'boarding';
  }
  return flight.delay > 0 ? 'delayed' : 'scheduled';
}

function describeFlight(flight, now) {
  var leaves = clock(flight.departs + flight.delay);
  var lands = clock(flight.arrives + flight.delay);
  var text = 'Flight ' + flight.number + ' from ' + cities[flight.from] + ' to ' + cities[flight.to];
  switch (phase(flight, now)) {
    case 'cancelled':
      return text + ' is cancelled today. Please speak with an agent about another flight.';
    case 'scheduled':
      return text + ' is on time. It leaves at ' + leaves + ' from gate ' + flight.gate + '.';
    case 'delayed':
      return text + ' is delayed by ' + flight.delay + ' minutes. It now leaves at ' + leaves + ' from gate ' + flight.gate + '.';
    case 'boarding':
      return text + ' is boarding now at gate ' + flight.gate + '.';
    case 'flying':
      return text + ' has left and is expected to arrive at ' + lands + '.';
    default:
      return text + ' landed at ' + lands + '.';
  }
}

function describeFlightEs(flight, now) {
  var leaves = clock(flight.departs + flight.delay);
  var lands = clock(flight.arrives + flight.delay);
  var text = 'El vuelo ' + flight.number + ' de ' + cities[flight.from] + ' a ' + cities[flight.to];
  switch (phase(flight, now)) {
    case 'cancelled':
      return text + ' está cancelado hoy. Por favor, hable con un agente.';
    case 'scheduled':
      return text + ' está a tiempo. Sale a las ' + leaves + ' por la puerta ' + flight.gate + '.';
    case 'delayed':
      return text + ' tiene una demora de ' + flight.delay + ' minutos. Sale a las ' + leaves + ' por la puerta ' + flight.gate + '.';
    case 'boarding':
      return text + ' está abordando en la puerta ' + flight.gate + '.';
    case 'flying':
      return text + ' ya salió y llega a las ' + lands + '.';
    default:
      return text + ' aterrizó a las ' + lands + '.';
  }
}

function tripDay(booking, now) {
  if (booking.days == 1) {
    return 'tomorrow';
  }
  return 'on ' + weekdays[(now.getDay() + booking.days) % 7];
}

function describeBooking(booking, now) {
  var flight = findFlight(booking.flight);
  return 'Booking ' + spell(booking.locator) + ' for ' + booking.name + ': flight ' + flight.number + ' from ' +
    cities[flight.from] + ' to ' + cities[flight.to] + ' ' + tripDay(booking, now) + ' at ' + clock(flight.departs) +
    ', seat ' + booking.seat + ', ' + booking.bags + (booking.bags == 1 ? ' checked bag.' : ' checked bags.');
}

function moveSeat(booking, kind) {
  var row = booking.seat.split(' ')[0];
  booking.seat = row + (kind == 'window' ? ' A' : ' D');
  return booking.seat;
}
