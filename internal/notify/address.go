package notify

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"strings"
)

// Address is where a ping or a message goes. The zero Address is none.
type Address struct{ url *url.URL }

// ErrAddress says that a text is no address that may be used. It does not repeat
// the text, which may hold a credential.
var ErrAddress = errors.New("not an https address (http is for loopback only)")

// ParseAddress reads an address: https, or http on loopback. Empty is none.
func ParseAddress(text string) (Address, error) {
	if text == "" {
		return Address{}, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return Address{}, ErrAddress
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return Address{}, ErrAddress
	}
	return Address{u}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// IsZero tells whether there is no address.
func (a Address) IsZero() bool { return a.url == nil }

// String gives the host, and none of what follows it.
func (a Address) String() string {
	if a.url == nil {
		return ""
	}
	return a.url.Scheme + "://" + a.url.Host + "/REDACTED"
}

// Format prints String for every verb.
func (a Address) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, a.String()) }

// LogValue gives String to slog.
func (a Address) LogValue() slog.Value { return slog.StringValue(a.String()) }

// MarshalText gives String to JSON and every other encoder of text.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// below gives the address with a further step of its path.
func (a Address) below(step string) string {
	u := *a.url
	u.Path = strings.TrimSuffix(u.Path, "/") + step
	u.RawPath = ""
	return u.String()
}
