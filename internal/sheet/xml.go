package sheet

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// parser is a decoder within bounds: what a bomb is made of (a token without an
// end, elements within elements, a document type) is an error before it costs
// memory.
type parser struct {
	*xml.Decoder
	in    *source
	depth int
}

func newParser(r io.Reader, m *meter) *parser {
	in := &source{r: io.LimitReader(r, maxUnzip), meter: m}
	d := xml.NewDecoder(in)
	d.CharsetReader = charset
	return &parser{Decoder: d, in: in}
}

// Token gives the next token; it is valid until the next call.
func (p *parser) Token() (xml.Token, error) {
	p.in.fed = 0
	if err := p.in.meter.addTokens(1); err != nil {
		return nil, err
	}
	token, err := p.Decoder.Token()
	switch token.(type) {
	case xml.StartElement:
		if p.depth++; p.depth > maxDepth {
			return nil, errors.New("elements are nested too deep")
		}
	case xml.EndElement:
		p.depth--
	case xml.Directive:
		return nil, errors.New("it has a document type, which no workbook has")
	}
	return token, err
}

// Skip reads on to the end of the element whose start was read last.
func (p *parser) Skip() error {
	for end := p.depth - 1; p.depth > end; {
		if _, err := p.Token(); err != nil {
			return err
		}
	}
	return nil
}

// source feeds the decoder byte by byte from a buffer of its own, and gives up
// where one token takes too many buffers.
type source struct {
	r        io.Reader
	meter    *meter
	buf      [1 << 15]byte
	from, to int
	fed      int // since the token began
}

func (s *source) fill() error {
	if s.fed += s.to; s.fed > maxToken {
		return fmt.Errorf("one text or tag is longer than %d bytes", maxToken)
	}
	n, err := s.r.Read(s.buf[:])
	s.from, s.to = 0, n
	if n > 0 {
		return s.meter.addBytes(n)
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return err
}

func (s *source) ReadByte() (byte, error) {
	if s.from == s.to {
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
	s.from++
	return s.buf[s.from-1], nil
}

func (s *source) Read(p []byte) (int, error) {
	if s.from == s.to {
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.buf[s.from:s.to])
	s.from += n
	return n, nil
}
