package ums_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"batchcomplete/internal/ums"
)

// connector is a proxy on this machine: it keeps what it is asked, and passes
// bytes on, to where it was asked or to where it pleases.
type connector struct {
	mutex  sync.Mutex
	asked  []string // "METHOD HOST AUTHORIZATION"
	answer string   // in place of a connection
	divert string   // an address that every connection is led to
}

func (p *connector) serve(conn net.Conn) {
	reader := bufio.NewReader(conn)
	request, err := http.ReadRequest(reader)
	if err != nil {
		return
	}
	p.mutex.Lock()
	p.asked = append(p.asked, request.Method+" "+request.Host+" "+request.Header.Get("Proxy-Authorization"))
	p.mutex.Unlock()
	if p.answer != "" {
		_, _ = io.WriteString(conn, strings.ReplaceAll(p.answer, "BACK", request.Header.Get("Proxy-Authorization")))
		return
	}
	target := request.Host
	if p.divert != "" {
		target = p.divert
	}
	onward, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer onward.Close()
	_, _ = io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() { _, _ = io.Copy(onward, reader) }()
	_, _ = io.Copy(conn, onward)
}

// gatewayOf is a gateway of TLS whose certificate an authority signed.
func gatewayOf(t *testing.T, issuer *authority) (address string, requests *atomic.Int32) {
	t.Helper()
	requests = new(atomic.Int32)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	cert, key := issuer.certificate(t, leaf())
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}}}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL, requests
}

func trusting(a *authority) *x509.CertPool {
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	return roots
}

// TestAConfiguredProxyOnlyPassesBytesOn: it is asked for a connection to the
// gateway, with its own credentials, and sees nothing of what is said there.
func TestAConfiguredProxyOnlyPassesBytesOn(t *testing.T) {
	trusted := newAuthority(t)
	gateway, requests := gatewayOf(t, trusted)
	proxy := &connector{}
	address := hostile(t, "http", proxy.serve)
	client := newClient(t, gateway, func(c *ums.Config) {
		c.RootCAs = trusting(trusted)
		c.Proxy = ums.NewSecret(strings.Replace(address, "//", "//office:hunter2@", 1))
	})
	if a := client.Complete(context.Background(), sample); a.Code != ums.CodeUnreadable || requests.Load() != 1 {
		t.Errorf("%+v, and %d requests", a, requests.Load())
	}
	want := "CONNECT " + strings.TrimPrefix(gateway, "https://") + " Basic " + base64.StdEncoding.EncodeToString([]byte("office:hunter2"))
	if !slices.Equal(proxy.asked, []string{want}) {
		t.Errorf("the proxy was asked %q, want %q", proxy.asked, want)
	}
}

// TestAProxyCannotPassForTheGateway leads the connection to a server whose
// certificate nobody vouches for: the handshake fails, and nothing was sent.
func TestAProxyCannotPassForTheGateway(t *testing.T) {
	trusted := newAuthority(t)
	gateway, _ := gatewayOf(t, trusted)
	other, requests := gatewayOf(t, newAuthority(t))
	proxy := &connector{divert: strings.TrimPrefix(other, "https://")}
	client := newClient(t, gateway, func(c *ums.Config) {
		c.RootCAs, c.Proxy = trusting(trusted), ums.NewSecret(hostile(t, "http", proxy.serve))
	})
	a := client.Complete(context.Background(), sample)
	if a.Outcome != ums.NotExecuted || a.Code != ums.CodeNeverSent || requests.Load() != 0 || len(proxy.asked) != 1 {
		t.Errorf("%+v, %d requests, the proxy was asked %q", a, requests.Load(), proxy.asked)
	}
}

// TestAProxyThatRefusesWasSentNothing, and whatever it says, its credentials are
// not repeated.
func TestAProxyThatRefusesWasSentNothing(t *testing.T) {
	for name, answer := range map[string]string{
		"refuses":              "HTTP/1.1 407 so it says BACK\r\n\r\n",
		"speaks something":     "SSH-2.0 BACK hunter2/\r\n\r\n",
		"says a status":        "HTTP/1.1 BACK\r\n\r\n",
		"says it in a header":  "HTTP/1.1 200 OK\r\nBACK hunter2\r\n\r\n",
		"hangs up":             "\r\n",
		"headers without end":  "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 1<<20),
		"sends it elsewhere":   "HTTP/1.1 302 so it says\r\nLocation: http://127.0.0.1:9/\r\n\r\n",
		"has it another way":   "HTTP/1.1 204 so it says\r\n\r\n",
		"password in its name": "HTTP/1.1 hunter2%2F\r\n\r\n",
	} {
		proxy := &connector{answer: answer}
		address := hostile(t, "http", proxy.serve)
		client := newClient(t, ums.ProdURL, func(c *ums.Config) {
			c.Proxy = ums.NewSecret(strings.Replace(address, "//", "//office:hunter2%2F@", 1))
		})
		a := client.Complete(context.Background(), sample)
		if a.Outcome != ums.NotExecuted || a.Code != ums.CodeNeverSent || len(proxy.asked) != 1 {
			t.Errorf("%s: %+v; asked %q", name, a, proxy.asked)
		}
		if plain := strings.Contains(answer, "so it says"); strings.Contains(a.Message, "so it says") || plain && !strings.Contains(a.Message, "answered with HTTP status ") {
			t.Errorf("%s: its status, and none of its words: %s", name, a.Message)
		}
		for _, secret := range []string{"hunter2/", "hunter2%2F", base64.StdEncoding.EncodeToString([]byte("office:hunter2/"))} {
			if strings.Contains(a.Message, secret) {
				t.Errorf("%s: %s", name, a.Message)
			}
		}
	}
}

// TestWithoutTLSNoProxyIsUsed: it would read what is said.
func TestWithoutTLSNoProxyIsUsed(t *testing.T) {
	var requests atomic.Int32
	gateway := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	defer gateway.Close()
	proxy := &connector{}
	address := hostile(t, "http", proxy.serve)
	newClient(t, gateway.URL, func(c *ums.Config) { c.Proxy = ums.NewSecret(address) }).Complete(context.Background(), sample)
	if requests.Load() != 1 || len(proxy.asked) != 0 {
		t.Errorf("%d requests arrived, and the proxy was asked %q", requests.Load(), proxy.asked)
	}
}

// TestAProxysAddressIsBareAndNeverRepeated: what is refused may be a password.
func TestAProxysAddressIsBareAndNeverRepeated(t *testing.T) {
	for address, ok := range map[string]bool{
		"": true, "http://127.0.0.1:3128": true, "https://proxy.example/": true, "http://office:hunter2@proxy.example:8080": true, "http://[::1]:3128": true,
		"socks5://hunter2:1080": false, "ftp://office:hunter2@proxy.example": false, "hunter2:3128": false, "http://": false, "//hunter2:3128": false,
		"http://proxy.example/hunter2": false, "http://proxy.example?hunter2": false, "http://proxy.example#hunter2": false, "http://hunter2:x y@proxy": false,
		"http://office:hunter2@prоxy.example": false, // a Cyrillic о
	} {
		err := ums.CheckProxy(ums.NewSecret(address))
		if ok != (err == nil) || strings.Contains(fmt.Sprint(err), "hunter2") {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := ums.New(ums.Config{BaseURL: ums.ProdURL, AppID: "id", AppKey: ums.NewSecret("key"), Proxy: ums.NewSecret("socks5://127.0.0.1:9")}); err == nil {
		t.Error("a client was made with it")
	}
}
