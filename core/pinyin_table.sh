#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints the C source of the pinyin table (core/pinyin_table.h) from the Unihan database in Debian's
# package unicode-data. Field formats: Unicode Standard Annex #38.
set -eu
LC_ALL=C # bytes, whatever the awk and the locale
export LC_ALL

directory=${UNICODE_DATA:-/usr/share/unicode}
read_unihan() {
    for file in "$directory"/Unihan_Readings.txt "$directory"/Unihan_Readings.txt.*; do
        [ -e "$file" ] || continue
        case $file in
        *.bz2) bzcat "$file" ;;
        *.gz) gzip -dc "$file" ;;
        *.xz) xz -dc "$file" ;;
        *) cat "$file" ;;
        esac
        return
    done
    echo "no Unihan_Readings.txt in $directory: install the package unicode-data" >&2
    return 1
}

read_unihan | awk -F '\t' '
BEGIN {
    # What a syllable is spelled with, by the letter that a keyboard has for it.
    spelling("a", "ā á ǎ à")
    spelling("e", "ē é ě è ê ế ề")
    spelling("i", "ī í ǐ ì")
    spelling("o", "ō ó ǒ ò")
    spelling("u", "ū ú ǔ ù")
    spelling("v", "ü ǖ ǘ ǚ ǜ")
    spelling("n", "ń ň ǹ")
    spelling("m", "ḿ")
    # Tone marks that stand behind a letter which has no form with it: U+0300, 0301, 0304, 030C.
    spelling("", "\314\200 \314\201 \314\204 \314\214")
    # Which fields are read, the most usual reading first. The Hanyu Da Zidian (kHanyuPinyin) lists
    # readings of all ages: it is asked only where no dictionary of today knows the hanzi.
    split("kMandarin kHanyuPinlu kTGHZ2013 kXHC1983 kHanyuPinyin", order, " ")
    for (f = 1; f <= 5; f++)
        wanted[order[f]] = f
    # 市 家 广 厂 红 属 蓝 丁 塔 食 stand in very many names, and what the dictionary of 1983 alone reads
    # them as (fu, jie, an, an, gong, zhu, la, zheng, da, si) is in none: typed, it would find them all.
    split("5E02 5BB6 5E7F 5382 7EA2 5C5E 84DD 4E01 5854 98DF", usual, " ")
    for (i in usual)
        unread["U+" usual[i], 4] = 1
    last_code = 0
    # Unihan leaves out the round zero, because it is no unified ideograph.
    keep("U+3007", 1, "líng")
}

function spelling(letter, forms,    part, n, i) {
    n = split(forms, part, " ")
    for (i = 1; i <= n; i++) {
        form_count++
        form[form_count] = part[i]
        plain[form_count] = letter
    }
}

function hex(text,    i, value) {
    value = 0
    for (i = 1; i <= length(text); i++)
        value = value * 16 + index("0123456789ABCDEF", substr(text, i, 1)) - 1
    return value
}

function keep(name, field, text,    code) {
    if ((name, field) in unread)
        return
    code = hex(substr(name, 3))
    readings[code, field] = text
    known[code] = 1
    if (code > last_code)
        last_code = code
}

function toneless(syllable,    i) {
    if (!(syllable in toneless_of)) {
        toneless_of[syllable] = syllable
        for (i = 1; i <= form_count; i++)
            gsub(form[i], plain[i], toneless_of[syllable])
        if (toneless_of[syllable] !~ /^[a-z]+$/) {
            print "unknown spelling of a reading: " syllable > "/dev/stderr"
            failed = 1
        }
    }
    return toneless_of[syllable]
}

# Numbers the syllables of one field that are not in the list yet.
function collect(text,    token, part, n, m, i, k, syllable) {
    n = split(text, token, " ")
    for (i = 1; i <= n; i++) {
        sub(/^.*:/, "", token[i])  # the places in a dictionary
        sub(/\(.*$/, "", token[i]) # the count in a corpus
        m = split(token[i], part, ",")
        for (k = 1; k <= m; k++) {
            syllable = toneless(part[k])
            if (!(syllable in number)) {
                number[syllable] = syllable_count++
                syllables[number[syllable]] = syllable
            }
            if (list_length < 8 && index(list ",", "," number[syllable] ",") == 0) {
                list = list "," number[syllable]
                list_length++
            }
        }
    }
}

# Where the readings of a hanzi stand in the pool; equal lists are kept once. 0 is "none".
function list_of(code,    f) {
    list = ""
    list_length = 0
    for (f = 1; f <= 5; f++)
        if ((code, f) in readings && (f < 5 || !modern(code)))
            collect(readings[code, f])
    if (!(list in place)) {
        place[list] = pool_length
        pool = pool ",\n" list_length list
        pool_length += 1 + list_length
    }
    return place[list]
}

function modern(code) {
    return (code, 2) in readings || (code, 3) in readings || (code, 4) in readings
}

/^U\+/ && $2 in wanted { keep($1, wanted[$2], $3); hanzi++ }

END {
    if (hanzi < 20000) {
        print "Unihan_Readings.txt is not what it should be: " hanzi + 0 " readings" > "/dev/stderr"
        exit 1
    }
    print "/* Made by core/pinyin_table.sh from the Unihan database (Unicode licence). */"
    print "#include \"core/pinyin_table.h\"\n"
    pool = "0"
    pool_length = 1
    page_last = int(last_code / 256)
    page_count = 1
    print "const uint16_t pinyin_places[][256] = {\n{0}"
    for (page = 0; page <= page_last; page++) {
        row = ""
        filled = 0
        for (i = 0; i < 256; i++) {
            code = page * 256 + i
            at = 0
            if (code in known) {
                at = list_of(code)
                filled = 1
            }
            row = row (i ? "," : "") at
        }
        page_of[page] = 0
        if (filled) {
            page_of[page] = page_count++
            print ",{" row "}"
        }
    }
    print "};\n\nconst uint16_t pinyin_pages[] = {"
    for (page = 0; page <= page_last; page++)
        printf "%d,%s", page_of[page], page % 16 == 15 ? "\n" : ""
    print "};\nconst uint32_t pinyin_page_count = " page_last + 1 ";"
    print "\nconst uint16_t pinyin_pool[] = {" pool "};"
    print "\nconst char *const pinyin_syllables[] = {"
    for (i = 0; i < syllable_count; i++)
        printf "\"%s\",%s", syllables[i], i % 12 == 11 ? "\n" : ""
    print "};"
    if (pool_length > 65535) {
        print "the pool of readings outgrew 16 bits" > "/dev/stderr"
        exit 1
    }
    exit failed
}'
