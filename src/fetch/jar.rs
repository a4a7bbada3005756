use crate::dialogue::SetCookie;
use cookie_store::{CookieExpiration, CookieStore, RawCookie};
use http::header::{COOKIE, HeaderMap, HeaderValue, SET_COOKIE};
use url::Url;

/// Cookies one call may hold; a server that sets more is not what they are for (RFC 6265 §6.1).
const MOST_COOKIES: usize = 300;
/// Bytes of one cookie.
const LONGEST_COOKIE: usize = 4_096;

/// The cookies of one call (RFC 6265): they live as long as the call and no other call sees them.
#[derive(Debug, Default)]
pub struct Jar {
    store: CookieStore,
    news: Vec<SetCookie>,
}

impl Jar {
    /// What was set since it was last asked, for the journal.
    pub fn take_news(&mut self) -> Vec<SetCookie> {
        std::mem::take(&mut self.news)
    }

    /// Sets again what a journal says was set.
    pub fn restore(&mut self, set: &[SetCookie]) {
        for SetCookie { url, cookie } in set {
            if let (Ok(url), Ok(cookie)) = (Url::parse(url), RawCookie::parse(cookie.as_str())) {
                let _ = self.store.insert_raw(&cookie, &url);
            }
        }
    }

    /// Adds the cookies for a URL to a request's headers.
    pub(super) fn add_to(&self, headers: &mut HeaderMap, url: &Url) {
        let pairs: Vec<String> =
            self.store.get_request_values(url).map(|(name, value)| format!("{name}={value}")).collect();
        if pairs.is_empty() {
            return;
        }
        if let Ok(value) = HeaderValue::from_str(&pairs.join("; ")) {
            headers.insert(COOKIE, value);
        }
    }

    /// Keeps the cookies an answer sets; those the URL may not set are left out.
    pub(super) fn keep(&mut self, headers: &HeaderMap, url: &Url) {
        for header in headers.get_all(SET_COOKIE).iter().filter(|header| header.len() <= LONGEST_COOKIE) {
            let Ok(text) = std::str::from_utf8(header.as_bytes()) else { continue };
            let Ok(mut cookie) = RawCookie::parse(text.to_owned()) else { continue };
            // From here on only dates count: a call rebuilt later must not lengthen a cookie's life.
            if let Some(CookieExpiration::AtUtc(date)) = cookie.max_age().map(CookieExpiration::from) {
                cookie.set_expires(date);
                cookie.set_max_age(None);
            }
            let is_full = self.store.iter_any().nth(MOST_COOKIES).is_some();
            if !is_full && self.store.insert_raw(&cookie, url).is_ok() {
                // Neither path nor query matter but for the default path (RFC 6265 §5.1.4).
                let mut url = url.clone();
                url.set_query(None);
                self.news.push(SetCookie { url: url.into(), cookie: cookie.to_string().into() });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(jar: &mut Jar, url: &str, cookie: &str) {
        let mut headers = HeaderMap::new();
        headers.append(SET_COOKIE, HeaderValue::from_str(cookie).unwrap());
        jar.keep(&headers, &Url::parse(url).unwrap());
    }

    fn sent(jar: &Jar, url: &str) -> String {
        let mut headers = HeaderMap::new();
        jar.add_to(&mut headers, &Url::parse(url).unwrap());
        headers.get(COOKIE).map_or(String::new(), |value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn cookies_go_back_to_their_host_and_path_only() {
        let mut jar = Jar::default();
        set(&mut jar, "http://ivr.example.com/app/start.jsp", "JSESSIONID=1; Path=/app; HttpOnly");
        assert_eq!(sent(&jar, "http://ivr.example.com/app/next.jsp"), "JSESSIONID=1");
        assert_eq!(sent(&jar, "http://ivr.example.com/other"), "");
        assert_eq!(sent(&jar, "http://www.example.com/app/"), "");
        set(&mut jar, "https://ivr.example.com/", "s=2; Secure; Domain=example.com");
        assert_eq!(sent(&jar, "https://www.example.com/"), "s=2");
        assert_eq!(sent(&jar, "http://www.example.com/"), "");
    }

    #[test]
    fn a_cookie_of_another_host_is_not_taken() {
        let mut jar = Jar::default();
        set(&mut jar, "http://ivr.example.com/", "a=1; Domain=bank.example");
        assert_eq!(sent(&jar, "http://bank.example/"), "");
        assert!(jar.take_news().is_empty());
    }

    #[test]
    fn a_cookie_ends_when_its_server_says_so() {
        let mut jar = Jar::default();
        set(&mut jar, "http://a.example/", "a=1");
        set(&mut jar, "http://a.example/", "a=; Max-Age=0");
        assert_eq!(sent(&jar, "http://a.example/"), "");
    }

    #[test]
    fn a_jar_restored_sends_what_the_first_one_did_and_its_lifetimes_are_not_renewed() {
        let mut jar = Jar::default();
        set(&mut jar, "http://a.example/x/y?pin=4711", "a=1; Max-Age=60");
        set(&mut jar, "http://a.example/x/y", "b=2");
        let news = jar.take_news();
        assert!(jar.take_news().is_empty());
        assert!(!format!("{news:?}").contains("4711") && !news[0].cookie.contains("Max-Age"), "{news:?}");
        let mut again = Jar::default();
        again.restore(&news);
        for url in ["http://a.example/x/z", "http://a.example/"] {
            assert_eq!(sent(&again, url), sent(&jar, url));
        }
    }

    #[test]
    fn a_server_cannot_fill_the_jar() {
        let mut jar = Jar::default();
        for number in 0..1_000 {
            set(&mut jar, "http://a.example/", &format!("c{number}=1"));
        }
        set(&mut jar, "http://a.example/", &format!("long={}", "x".repeat(5_000)));
        assert!(sent(&jar, "http://a.example/").split("; ").count() <= MOST_COOKIES + 1);
    }
}
