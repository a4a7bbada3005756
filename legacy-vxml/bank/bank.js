// Pinehaven Bank: accounts, payees, desks and wording shared by all dialogs.
// The tables stand where the account host would be asked. Amounts are in cents.

var accounts = [
  {
    number: '40025173', name: 'Dana Whitfield', phone: '3125550123', pin: '4821', locked: false,
    checking: 124350, savings: 810000, card: '4402', cardBlocked: false,
    recent: [
      { day: 'Friday', text: 'a card purchase at Orchard Grocery', amount: 6418 },
      { day: 'Thursday', text: 'a deposit from Millrace Freight', amount: 152000 },
      { day: 'Tuesday', text: 'a payment to City Electric', amount: 8800 }
    ]
  },
  {
    number: '61180345', name: 'Luis Ferrer', phone: '3055550188', pin: '7350', locked: false,
    checking: 20725, savings: 50000, card: '9917', cardBlocked: false,
    recent: [
      { day: 'Monday', text: 'a cash withdrawal', amount: 6000 }
    ]
  }
];

var payees = [
  { key: '1', id: 'electric', name: 'City Electric' },
  { key: '2', id: 'water', name: 'Northfork Water' },
  { key: '3', id: 'telephone', name: 'Tidewater Telephone' }
];

// The bankers' desk keeps office hours; cards and security are answered day and night.
var desks = {
  general: { dest: 'tel:+18005550160', spoken: '1 800 555 0160', always: false },
  card: { dest: 'tel:+18005550161', spoken: '1 800 555 0161', always: true },
  security: { dest: 'tel:+18005550162', spoken: '1 800 555 0162', always: true }
};

var weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
var payments = 0;

// The last ten digits of the caller's number, however the platform writes it (tel:, sip:, +1 ...).
function callerNumber(uri) {
  if (uri === undefined || uri === null) {
    return '';
  }
  var user = String(uri).replace(/@.*$/, '');
  var digits = user.replace(/\D/g, '');
  return digits.length > 10 ? digits.substring(digits.length - 10) : digits;
}

function accountBy(field, value) {
  for (var i = 0; i < accounts.length; i++) {
    if (accounts[i][field] == value) {
      return accounts[i];
    }
  }
  return null;
}

function accountByNumber(digits) {
  return accountBy('number', digits);
}

function accountByPhone(uri) {
  return accountBy('phone', callerNumber(uri));
}

// The check digit of account numbers (ISO/IEC 7812-1, "Luhn").
function validAccountNumber(digits) {
  var sum = 0;
  for (var i = 0; i < digits.length; i++) {
    var digit = parseInt(digits.charAt(digits.length - 1 - i), 10);
    if (i % 2 == 1) {
      digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    }
    sum += digit;
  }
  return digits.length == 8 && sum % 10 == 0;
}

function pinMatches(number, pin) {
  var account = accountByNumber(number);
  return account != null && account.pin == pin;
}

function spell(text) {
  return String(text).split('').join(' ');
}

// An account number is never read out in full.
function lastFour(number) {
  return spell(String(number).substring(String(number).length - 4));
}

function money(cents) {
  var dollars = Math.floor(cents / 100);
  var rest = cents % 100;
  var text = dollars + (dollars == 1 ? ' dollar' : ' dollars');
  return rest == 0 ? text : text + ' and ' + rest + (rest == 1 ? ' cent' : ' cents');
}

function moneyEs(cents) {
  var dollars = Math.floor(cents / 100);
  var rest = cents % 100;
  var text = dollars + (dollars == 1 ? ' dólar' : ' dólares');
  return rest == 0 ? text : text + ' con ' + rest + (rest == 1 ? ' centavo' : ' centavos');
}

function greeting(now) {
  var hour = now.getHours();
  if (hour < 12) {
    return 'Good morning';
  }
  return hour < 18 ? 'Good afternoon' : 'Good evening';
}

// Bankers and branches: 8 AM to 6 PM from Monday to Friday, 9 AM to 1 PM on Saturday.
function officeOpen(now) {
  var hour = now.getHours();
  var day = now.getDay();
  if (day == 0) {
    return false;
  }
  return day == 6 ? hour >= 9 && hour < 13 : hour >= 8 && hour < 18;
}

function deskFor(reason) {
  return desks.hasOwnProperty(reason) ? desks[reason] : desks.general;
}

function deskOpen(desk, now) {
  return desk.always || officeOpen(now);
}

function payeeName(id) {
  for (var i = 0; i < payees.length; i++) {
    if (payees[i].id == id) {
      return payees[i].name;
    }
  }
  return '';
}

function cents(amount) {
  return Math.round(Number(amount) * 100);
}

// Payments made by 5 PM on a business day are posted the same day, others on the next business day.
function postingDay(now) {
  var day = now.getDay();
  if (day >= 1 && day <= 5 && now.getHours() < 17) {
    return 'today';
  }
  var ahead = day == 5 ? 3 : day == 6 ? 2 : 1;
  return 'on ' + weekdays[(day + ahead) % 7];
}

// By it the payment host tells a payment that is posted twice from two payments.
function paymentReference(now) {
  return 'P' + now.getTime().toString(36).toUpperCase() + '-' + Math.floor(Math.random() * 1e9).toString(36).toUpperCase();
}

function nextConfirmation() {
  payments++;
  return String(7000 + payments);
}

// Takes the amount of a payment from checking.
function takePayment(account, payment) {
  account.checking -= payment.amount;
  account.recent.unshift({ day: 'today', text: 'a payment to ' + payeeName(payment.payee), amount: payment.amount });
}

function blockCard(account) {
  account.cardBlocked = true;
  return String(50000 + parseInt(account.card, 10));
}
