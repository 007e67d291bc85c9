#!/usr/bin/env bash
# make pictures: prints the workbooks that accountants meet, and puts their first pages into docs/pictures/.
# Needs LibreOffice (soffice), poppler-utils (pdftoppm) and a font with Chinese characters.
set -euo pipefail
for tool in soffice pdftoppm; do
  command -v "$tool" >/dev/null || { echo "pictures: $tool is not installed ('apt-get install libreoffice-calc poppler-utils fonts-noto-cjk')" >&2; exit 1; }
done
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
here=$PWD
# 3 and 4: rows are declined or invalid, or differ, as the samples mean it.
allow() { local code=0; "$@" >/dev/null 2>&1 || code=$?; case $code in 0 | 3 | 4) ;; *) echo "pictures: $* ends with $code" >&2; exit 1 ;; esac; }

cp -r samples "$dir/" && cd "$dir"
allow "$here/bin/batchcomplete" template template.xlsx --lang zh
allow "$here/bin/batchcomplete" check samples/broken.xlsx --env sandbox --out check.xlsx --lang zh
allow "$here/bin/batchcomplete" run samples/bills.xlsx --env sandbox --rate 200 --out results.xlsx --yes --lang zh
allow "$here/bin/reconcile" --env sandbox --out reconciliation.xlsx --lang zh
mkdir -p "$here/docs/pictures"
# The accountant's own workbooks keep their own page setup, which would cut the picture off in the middle; and all of
# their columns side by side are too small to read.
fit() { (cd "$here" && go run samples/fit.go "$dir/$1" "${@:2}"); }
cp check.xlsx problems.xlsx
fit check.xlsx Sheet1 商户号 终端号 错在哪里
fit problems.xlsx 问题 工作表
fit results.xlsx 十一月账单 序号 商户号 终端号 账单日期 备注 交易参考号 平台单号 完成订单号 发送次数 更新时间
# Each picture ends where its rows end.
declare -A height=([template]=90 [check]=445 [problems]=445 [results]=430 [reconciliation]=620)
for name in template check problems results reconciliation; do
  soffice -env:UserInstallation="file://$dir/office" --headless --convert-to pdf "$name.xlsx" >/dev/null 2>&1
  pdftoppm -png -r 120 -x 0 -y 40 -W 1404 -H "${height[$name]}" -f 1 -singlefile "$name.pdf" "$here/docs/pictures/$name"
done
ls -l "$here"/docs/pictures
