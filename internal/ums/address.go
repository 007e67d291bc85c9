package ums

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Hosts are the gateway's own, production's and the test environment's. A client
// speaks to these and to this machine, and elsewhere only where its Config says
// so in so many words. This file is the one place where that is decided.
var Hosts = []string{"api-mop.chinaums.com", "test-api-open.chinaums.com"}

// CheckAddress tells whether a client may be made for the Config's address.
func (c Config) CheckAddress() error {
	_, err := checkBase(c)
	return err
}

// checkBase accepts the bare address of a gateway: https, or http on loopback where it
// is not production's.
// Its errors never repeat a password.
func checkBase(c Config) (string, error) {
	u, err := url.Parse(c.BaseURL)
	if err != nil {
		return "", errors.New("the gateway's address is not a URL") // err repeats all of it
	}
	host := strings.ToLower(u.Hostname())
	if u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Trim(u.Path, "/") != "" || !plainHost(host) {
		return "", fmt.Errorf("the gateway's address %q is not a bare https://host[:port]", u.Redacted())
	}
	switch {
	case c.Production && u.Scheme != "https":
		return "", fmt.Errorf("production's address %q is not https", u.Redacted())
	case c.Production && host == Hosts[1]:
		return "", fmt.Errorf("production's address %q is the test environment's", u.Redacted())
	case loopback(host) && (u.Scheme == "http" || u.Scheme == "https"):
	case u.Scheme != "https":
		return "", fmt.Errorf("the gateway's address %q is not https; only an address on loopback may be http", u.Redacted())
	case c.Elsewhere:
	case !slices.Contains(Hosts, host) || u.Port() != "" && u.Port() != "443":
		return "", fmt.Errorf("the gateway's address %q is none of UMS's: %s", u.Redacted(), strings.Join(Hosts, ", "))
	}
	return u.Scheme + "://" + strings.ToLower(u.Host), nil
}

// plainHost tells a host written in plain letters, digits, dots and hyphens, or
// an address of IPv6: nothing that looks like another, and no dot at its end.
func plainHost(host string) bool {
	if net.ParseIP(host) != nil {
		return true
	}
	return host != "" && !strings.HasSuffix(host, ".") && strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789.-") == ""
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// newDialer makes what opens connections. Without TLS it opens them on loopback
// alone, whatever a name there was resolved to.
func newDialer(plain bool) *net.Dialer {
	d := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	if plain {
		d.Control = func(_, address string, _ syscall.RawConn) error {
			if host, _, err := net.SplitHostPort(address); err != nil || !loopback(host) {
				return fmt.Errorf("%s is not on loopback, and the connection would not be encrypted", address)
			}
			return nil
		}
	}
	return d
}
