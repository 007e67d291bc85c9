package ums_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"batchcomplete/internal/ums"
)

// authority is a certification authority of a test's own.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// certificate signs a certificate by the authority, or by itself where there is
// none, and gives it with its key.
func (a *authority) certificate(t *testing.T, template x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	parent, signer := &template, key
	if a != nil {
		parent, signer = a.cert, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	var none *authority
	cert, key := none.certificate(t, x509.Certificate{
		Subject: pkix.Name{CommonName: "authority"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	})
	return &authority{cert, key}
}

// leaf is a server's certificate as it should be, for this machine.
func leaf() x509.Certificate {
	return x509.Certificate{
		Subject: pkix.Name{CommonName: "gateway"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
}

// TestAGatewayThatCannotProveItselfIsSentNothing has servers of TLS, each with
// one thing wrong: the handshake fails, the request never leaves, and the answer
// says that this is certain.
func TestAGatewayThatCannotProveItselfIsSentNothing(t *testing.T) {
	trusted, stranger := newAuthority(t), newAuthority(t)
	for _, c := range []struct {
		name   string
		issuer *authority
		change func(*x509.Certificate, *tls.Config)
		want   ums.Outcome
		code   string
	}{
		{"in order", trusted, func(*x509.Certificate, *tls.Config) {}, ums.Unknown, ums.CodeUnreadable}, // the server's reply is empty
		{"in order, TLS 1.2", trusted, func(_ *x509.Certificate, c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }, ums.Unknown, ums.CodeUnreadable},
		{"TLS 1.1", trusted, func(_ *x509.Certificate, c *tls.Config) {
			c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
		}, ums.NotExecuted, ums.CodeNeverSent},
		{"expired", trusted, func(c *x509.Certificate, _ *tls.Config) { c.NotAfter = time.Now().Add(-time.Minute) }, ums.NotExecuted, ums.CodeNeverSent},
		{"not valid yet", trusted, func(c *x509.Certificate, _ *tls.Config) { c.NotBefore = time.Now().Add(30 * time.Minute) }, ums.NotExecuted, ums.CodeNeverSent},
		{"of another host", trusted, func(c *x509.Certificate, _ *tls.Config) { c.IPAddresses, c.DNSNames = nil, []string{"gateway.example"} }, ums.NotExecuted, ums.CodeNeverSent},
		{"with its name in the old place only", trusted, func(c *x509.Certificate, _ *tls.Config) { c.IPAddresses, c.Subject.CommonName = nil, "127.0.0.1" }, ums.NotExecuted, ums.CodeNeverSent},
		{"not for a server", trusted, func(c *x509.Certificate, _ *tls.Config) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection}
		}, ums.NotExecuted, ums.CodeNeverSent},
		{"self-signed", nil, func(*x509.Certificate, *tls.Config) {}, ums.NotExecuted, ums.CodeNeverSent},
		{"of an authority that nobody knows", stranger, func(*x509.Certificate, *tls.Config) {}, ums.NotExecuted, ums.CodeNeverSent},
		// The server's refusal comes in its own last step, when the client of TLS 1.2
		// has sent all of its handshake.
		{"wants a certificate, TLS 1.2", trusted, func(_ *x509.Certificate, c *tls.Config) {
			c.ClientAuth, c.MaxVersion = tls.RequireAnyClientCert, tls.VersionTLS12
		}, ums.NotExecuted, ums.CodeNeverSent},
		// In TLS 1.3 it comes after the client's handshake is over, and the request may
		// be on its way: nothing is proven.
		{"wants a certificate, TLS 1.3", trusted, func(_ *x509.Certificate, c *tls.Config) {
			c.ClientAuth, c.MinVersion = tls.RequireAnyClientCert, tls.VersionTLS13
		}, ums.Unknown, ums.CodeBroken},
	} {
		t.Run(c.name, func(t *testing.T) {
			var requests atomic.Int32
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			template := leaf()
			server.TLS = &tls.Config{}
			c.change(&template, server.TLS)
			cert, key := c.issuer.certificate(t, template)
			server.TLS.Certificates = []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}}
			server.StartTLS()
			defer server.Close()
			roots := x509.NewCertPool()
			roots.AddCert(trusted.cert)
			client := newClient(t, server.URL, func(config *ums.Config) { config.RootCAs = roots })
			a := client.Complete(context.Background(), sample)
			if a.Outcome != c.want || a.Code != c.code {
				t.Errorf("%v (%s: %s)", a.Outcome, a.Code, a.Message)
			}
			if reached := requests.Load() == 1; reached != (a.Code == ums.CodeUnreadable) {
				t.Errorf("%d requests arrived", requests.Load())
			}
		})
	}
}

// hostile is a server that speaks as it likes to each connection.
func hostile(t *testing.T, scheme string, speak func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				speak(conn)
			}()
		}
	}()
	return scheme + "://" + listener.Addr().String()
}

// TestAHandshakeThatDoesNotEndWasNeverSentAnything: what stands there speaks
// something else, or says nothing.
func TestAHandshakeThatDoesNotEndWasNeverSentAnything(t *testing.T) {
	for name, speak := range map[string]func(net.Conn){
		"plain HTTP": func(conn net.Conn) { _, _ = io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n") },
		"hangs up":   func(net.Conn) {},
		"silent":     func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) },
	} {
		url := hostile(t, "https", speak)
		client := newClient(t, url, func(c *ums.Config) { c.Timeout = 200 * time.Millisecond })
		if a := client.Complete(context.Background(), sample); a.Outcome != ums.NotExecuted || a.Code != ums.CodeNeverSent {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

// TestAReplyWithoutEndIsBounded: what is sent without end is read up to a bound,
// what is sent drop by drop up to the time limit; either way the row is unknown.
func TestAReplyWithoutEndIsBounded(t *testing.T) {
	const bound = 8 << 20 // what the machine's own buffers take comes on top of the client's bounds
	for name, c := range map[string]struct {
		head, again string
		slow        bool
		code        string
	}{
		"headers":                {"HTTP/1.1 200 OK\r\n", "X-Filler: " + strings.Repeat("x", 1000) + "\r\n", false, ums.CodeBroken},
		"a header":               {"HTTP/1.1 200 OK\r\nX-Filler: ", strings.Repeat("x", 1000), false, ums.CodeBroken},
		"hints":                  {"", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", false, ums.CodeBroken},
		"a body":                 {"HTTP/1.1 200 OK\r\n\r\n", strings.Repeat("{", 1000), false, ums.CodeBroken},
		"a body of that length":  {"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n", strings.Repeat("{", 1000), false, ums.CodeBroken},
		"a body in chunks":       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "8\r\n{\"a\":{\"b\r\n", false, ums.CodeBroken},
		"headers, drop by drop":  {"HTTP/1.1 200 OK\r\n", "X: y\r\n", true, ums.CodeTimeout},
		"a body, drop by drop":   {"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", " ", true, ums.CodeTimeout},
		"nothing, for long":      {"", "", true, ums.CodeTimeout},
		"a status, drop by drop": {"HTTP/1.1 200 O", "K", true, ums.CodeTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var written atomic.Int64
			url := hostile(t, "http", func(conn net.Conn) {
				_, _ = io.ReadAtLeast(conn, make([]byte, 64<<10), 1)
				text := c.head
				for {
					n, err := io.WriteString(conn, text)
					if written.Add(int64(n)) > bound || err != nil {
						return
					}
					if text = c.again; c.slow {
						time.Sleep(10 * time.Millisecond)
						if text == "" { // told by the other side when it leaves
							_, _ = io.Copy(io.Discard, conn)
							return
						}
					}
				}
			})
			client := newClient(t, url, func(config *ums.Config) {
				if config.Timeout = time.Minute; c.slow {
					config.Timeout = 200 * time.Millisecond
				}
			})
			if a := client.Complete(context.Background(), sample); a.Outcome != ums.Unknown || a.Code != c.code {
				t.Errorf("%v (%s: %s)", a.Outcome, a.Code, a.Message)
			}
			if written.Load() > bound {
				t.Errorf("the server got rid of %d bytes", written.Load())
			}
		})
	}
}

// TestNoCompressedReplyIsAskedFor: what is unpacked could be far more than what
// was sent.
func TestNoCompressedReplyIsAskedFor(t *testing.T) {
	asked := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.Header.Get("Accept-Encoding") }))
	defer server.Close()
	newClient(t, server.URL, nil).Complete(context.Background(), sample)
	if encoding := <-asked; encoding != "" {
		t.Errorf("a reply is asked for in %s", encoding)
	}
}

// TestNoProxyIsTakenFromTheEnvironment runs itself as another process, since
// net/http reads the environment once; it looks at where connections go, and
// opens none.
func TestNoProxyIsTakenFromTheEnvironment(t *testing.T) {
	if os.Getenv("PROXY_CHILD") == "" {
		child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
		child.Env = append(os.Environ(), "PROXY_CHILD=1", "NO_PROXY=", "no_proxy=")
		for _, name := range []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"} {
			child.Env = append(child.Env, name+"=http://127.0.0.1:9")
		}
		if out, err := child.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS") {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	var dialled []string
	client := newClient(t, ums.ProdURL, func(c *ums.Config) {
		c.Dial = func(_ context.Context, _, address string) (net.Conn, error) {
			dialled = append(dialled, address)
			return nil, io.ErrUnexpectedEOF
		}
	})
	if a := client.Complete(context.Background(), sample); a.Outcome != ums.NotExecuted || len(dialled) != 1 || dialled[0] != "api-mop.chinaums.com:443" {
		t.Errorf("%v %+v", dialled, a)
	}
}

// TestTheGatewaysWordsDoNotRepeatAnAuthorisation has a gateway that does.
func TestTheGatewaysWordsDoNotRepeatAnAuthorisation(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"errCode":"BAD_REQUEST","errMsg":"authIdRespCd `+sample.AuthIDRespCd+` is wrong: `+sample.AuthIDRespCd+`"}`)
	}))
	defer server.Close()
	a := newClient(t, server.URL, nil).Complete(context.Background(), sample)
	if a.Outcome != ums.Declined || a.Message != "authIdRespCd 98**** is wrong: 98****" {
		t.Errorf("%+v", a)
	}
	for code, want := range map[string]string{"987275": "98****", "1": "1****", "授权码号": "授权****", "": ""} {
		if got := ums.MaskCode(code); got != want {
			t.Errorf("%q: %q", code, got)
		}
	}
}
