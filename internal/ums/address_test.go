package ums

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestOnlyTheGatewaysOwnHostsAndThisMachineAreSpokenTo has the addresses that
// look like one of ours, and are not.
func TestOnlyTheGatewaysOwnHostsAndThisMachineAreSpokenTo(t *testing.T) {
	const here, elsewhere, never = 1, 2, 3 // always; where another host is permitted; not at all
	for url, when := range map[string]int{
		ProdURL: here, TestURL: here, ProdURL + "/": here, ProdURL + ":443": here, "HTTPS://API-MOP.chinaums.com": here,
		"http://127.0.0.1:80": here, "http://127.8.9.10:80": here, "http://localhost:1": here, "http://[::1]:1": here, "https://127.0.0.1:8443": here,
		"https://10.0.0.1": elsewhere, "https://gateway.example": elsewhere, "https://gateway.example:8443": elsewhere,
		ProdURL + ":8443": elsewhere, "https://169.254.169.254": elsewhere, "https://api-mop.chinaums.com.evil.example": elsewhere,
		"https://chinaums.com": elsewhere, "https://api-mop-chinaums.com": elsewhere, "https://xn--pi-mop-2fg.chinaums.com": elsewhere, "https://127.0.0.1.evil.example": elsewhere,
		"http://api-mop.chinaums.com": never, "http://10.0.0.1": never, "http://127.0.0.1.evil.example": never, "http://localhost.evil.example": never,
		"http://2130706433": never, "http://0x7f000001": never, "http://0177.0.0.1": never, "http://127.1": never, "http://[::1%25eth0]": never, "http://0.0.0.0": never,
		"https://api-mop.chinaums.com.": never, "http://localhost.": never, "https://аpi-mop.chinaums.com": never, "https://api-mop。chinaums.com": never,
		"https://api-mop.chinaums.com@evil.example": never, "https://user:pw@api-mop.chinaums.com": never, "https://user:pw@host:port": never,
		"https://evil.example#@api-mop.chinaums.com": never, "https://evil.example?@api-mop.chinaums.com": never, `https://api-mop.chinaums.com\@evil.example`: never,
		"https://api-mop.chinaums.com/v1": never, "https://api-mop.chinaums.com?": never, "https://api-mop.chinaums.com/..//evil.example": never,
		"ftp://127.0.0.1": never, "file:///etc/passwd": never, "//api-mop.chinaums.com": never, "api-mop.chinaums.com": never, "https://": never, "": never, "https://:443": never,
	} {
		for _, permitted := range []bool{false, true} {
			_, err := New(Config{BaseURL: url, AppID: "a", AppKey: NewSecret("b"), Elsewhere: permitted})
			if want := when == here || when == elsewhere && permitted; (err == nil) != want {
				t.Errorf("%q, elsewhere %v: %v", url, permitted, err)
			}
			if err != nil && strings.Contains(err.Error(), "pw@") {
				t.Errorf("the password is in the error: %v", err)
			}
		}
	}
}

// TestProductionIsSpokenToOverTLSAndNeverAtTheTestHost, whatever the configuration
// permits.
func TestProductionIsSpokenToOverTLSAndNeverAtTheTestHost(t *testing.T) {
	for url, want := range map[string][2]bool{ // by itself, where another host is permitted
		ProdURL: {true, true}, TestURL: {false, false}, "https://TEST-api-open.chinaums.com:8443": {false, false},
		"https://gateway.example": {false, true}, "https://127.0.0.1:8443": {true, true},
		"http://127.0.0.1:8080": {false, false}, "http://localhost": {false, false}, "http://gateway.example": {false, false}, "http://api-mop.chinaums.com": {false, false},
		"https://user:pw@gateway.example": {false, false}, "https://gateway.example/v1": {false, false},
	} {
		for i, elsewhere := range []bool{false, true} {
			if err := (Config{BaseURL: url, Production: true, Elsewhere: elsewhere}).CheckAddress(); (err == nil) != want[i] {
				t.Errorf("%q, elsewhere %v: %v", url, elsewhere, err)
			}
		}
	}
}

// TestWithoutTLSNoConnectionLeavesTheMachine has a name that passes for loopback
// and is resolved to something else.
func TestWithoutTLSNoConnectionLeavesTheMachine(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	transport := newHTTP(Config{BaseURL: "http://localhost:1"}, nil).Transport.(*http.Transport)
	conn, err := transport.DialContext(ctx, "tcp", "198.51.100.1:80") // no machine has this address
	if err == nil || !strings.Contains(err.Error(), "not on loopback") {
		t.Errorf("%v, %v", conn, err)
	}
}
