package ums

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// CheckProxy tells whether an address is one of a proxy: http or https, a host,
// and at most a name and a password. Its errors repeat nothing of it.
func CheckProxy(address Secret) error {
	_, err := parseProxy(address)
	return err
}

// parseProxy gives a proxy's address; nil is none.
func parseProxy(address Secret) (*url.URL, error) {
	if address.IsZero() {
		return nil, nil
	}
	u, err := url.Parse(address.Reveal())
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !plainHost(strings.ToLower(u.Hostname())) ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return nil, errors.New("the proxy's address is not http:// or https://, with [name:password@]host[:port] and nothing more")
	}
	return u, nil
}

// through has a transport open its connections at a proxy, which is told a host
// and a port (CONNECT) and passes bytes on: TLS is spoken with the gateway, and
// the gateway's certificate is verified as ever. What goes without TLS stays on
// this machine, and does not go through a proxy, which would read it.
func through(transport *http.Transport, proxy *url.URL) {
	if proxy == nil {
		return
	}
	transport.Proxy = func(r *http.Request) (*url.URL, error) {
		if r.URL.Scheme != "https" {
			return nil, nil
		}
		return proxy, nil
	}
	transport.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
		if answer.StatusCode == http.StatusOK {
			return nil
		}
		// The proxy's own words are left out.
		return fmt.Errorf("the proxy at %s answered with HTTP status %d %s", proxy.Host, answer.StatusCode, http.StatusText(answer.StatusCode))
	}
}

// withoutProxy takes a proxy's credentials out of an error, where what the proxy
// said is repeated in it.
func withoutProxy(err error, proxy *url.URL) error {
	if err == nil || proxy == nil || proxy.User == nil {
		return err
	}
	password, _ := proxy.User.Password()
	pair := proxy.User.Username() + ":" + password
	password = cmp.Or(password, proxy.User.Username()) // a token stands alone
	text := err.Error()
	for _, secret := range []string{base64.StdEncoding.EncodeToString([]byte(pair)), proxy.User.String(), pair, url.QueryEscape(password), url.PathEscape(password), password} {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, redacted)
		}
	}
	return errors.New(text)
}
