package ums

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"
)

func FuzzQuickReplyIsTheCarefulOne(f *testing.F) {
	f.Add(sampleReply(f))
	for _, text := range []string{
		`{}`, `{"errCode":"SUCCESS"}`, `{"errCode":"A","ERRCODE":"B"}`, `{"errCode":"A","errCode":"B"}`, `{"a":1,"A":2}`,
		`{"authedBillPayment":{"totalAmount":"1908","buyerPayAmount":954,"invoiceAmount":"","discountAmount":null}}`,
		`{"authedBillPayment":{"totalAmount":1908.00}}`, `{"authedBillPayment":{"totalAmount":"01"}}`, `{"authedBillPayment":{"totalAmount":01}}`,
		`{"authedBillPayment":{"totalAmount":"-1"}}`, `{"authedBillPayment":null,"errMsg":null}`, `{"authedBillPayment":{}}`,
		`{"errMsg":"\u4e0d"}`, "{\"errMsg\":\"\xff\"}", "{\"errMsg\":\"\n\"}", `{"errMsg":"余额不足"} `, `{"errMsg":"a"}{}`, `{"errMsg":"a",}`,
		`{"x":{"y":{"z":{"z":[1]}}},"n":1e5,"t":true}`, `{"errCode":1}`, `{"errcode":"A"}`, `{"x":nul}`, `{"ſ":1,"s":2}`, ``, `{`, `[]`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		quick, plain := quickReply(body)
		if !plain {
			return
		}
		careful, err := decodeCarefully(body)
		if err != nil {
			t.Fatalf("%q is refused: %v", body, err)
		}
		if !reflect.DeepEqual(quick, careful) {
			t.Errorf("%q\nquick   %+v %+v\ncareful %+v %+v", body, quick, quick.AuthedBillPayment, careful, careful.AuthedBillPayment)
		}
	})
}

// TestTheOfficialReplyIsPlain keeps the quick way in use, for every field.
func TestTheOfficialReplyIsPlain(t *testing.T) {
	if _, plain := quickReply(sampleReply(t)); !plain {
		t.Error("the official sample is read the careful way")
	}
	var want reply
	want.AuthedBillPayment = &wirePayment{}
	fillFields(reflect.ValueOf(&want).Elem())
	fillFields(reflect.ValueOf(want.AuthedBillPayment).Elem())
	body, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got, plain := quickReply(body)
	if !plain || !reflect.DeepEqual(got, want) {
		t.Errorf("%v %s\n%+v %+v", plain, body, got, got.AuthedBillPayment)
	}
}

func fillFields(v reflect.Value) {
	for i := range v.NumField() {
		switch field := v.Field(i); field.Kind() {
		case reflect.String:
			field.SetString(v.Type().Field(i).Name)
		case reflect.Int64:
			field.SetInt(int64(i + 1))
		}
	}
}

func BenchmarkDecodeReply(b *testing.B) {
	body, err := os.ReadFile("testdata/response.json")
	if err != nil {
		b.Fatal(err)
	}
	for name, decode := range map[string]func([]byte) (reply, error){"plain": decodeReply, "careful": decodeCarefully} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := decode(body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
