// XML compared with the parsers of Node applications.

import fc from 'fast-check';
import { edited, edits } from './mutations.ts';
import type { OracleRequest } from './reading.ts';
import { declareTrial } from './trial.ts';
import { xmlExceptions } from './xml-exceptions.ts';
import { xmlParsers } from './xml-parsers.ts';

const request = (body: string, contentType = 'text/xml'): OracleRequest => ({
  contentType,
  body: Buffer.from(body, 'latin1'),
});

const name = fc.constantFrom('a', 'b', 'soap:Envelope', 'x-1', 'é');
const written = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '1', "'", ' ', '=', '€', '𝄞', ']', '-', '?', '/'), maxLength: 10 }),
  fc.constantFrom("1' OR 1=1", '&lt;script&gt;', '&#60;s&#x3e;', '&amp;lt;', '&quot;&apos;', '&#0060;', '&#x00003C;'),
);
const textNode = fc.oneof(
  written,
  written.map((text) => `<![CDATA[${text.replaceAll(']', '')}<&]]>`),
  written.map((text) => `<!--${text.replaceAll('-', '')}-->`),
  written.map((text) => `<?p ${text.replaceAll('?', '')}?>`),
);
const attribute = fc.tuple(fc.constantFrom('c', 'd', 'xml:lang'), written).map(([key, text]) => ` ${key}="${text}"`);
const element = fc.letrec<{ element: string }>((tie) => ({
  element: fc
    .tuple(
      name,
      fc.option(attribute, { nil: '' }),
      fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.array(textNode, { maxLength: 3 }),
        fc.array(tie('element'), { maxLength: 3 }),
      ),
    )
    .map(([tag, attributes, inner]) => `<${tag}${attributes}>${inner.join('')}</${tag}>`),
})).element;
const declaration = fc.constantFrom(
  '',
  '<?xml version="1.0"?>',
  '<?xml version="1.0" encoding="UTF-8"?>\n',
  '<!-- c -->',
);
const document = fc.tuple(declaration, element).map(([before, root]) => Buffer.from(before + root));

const tokens = [
  ...[
    '<',
    '>',
    '/>',
    '</',
    '<a>',
    '</a>',
    '<b/>',
    '&',
    ';',
    '&lt;',
    '&#60;',
    '&#x3c;',
    '&#60',
    '&lt',
    '&eacute;',
    '&x;',
    '&#0;',
    '&#x110000;',
  ],
  ...[
    '<![CDATA[',
    ']]>',
    ']]',
    '<!--',
    '-->',
    '--',
    '<?',
    '?>',
    '<!DOCTYPE a>',
    '<!DOCTYPE a [<!ENTITY x "<s>">]>',
    '<!',
    '<!x>',
    '"',
    "'",
    '=',
  ],
  ...[
    ' c="<"',
    ' c=d',
    ' c',
    ' c="1" c="2"',
    "c='&lt;'",
    '\0',
    '\x0b',
    '\xa0',
    '\r',
    '\n',
    '\t',
    ' ',
    '\xff',
    '\xef\xbb\xbf',
    '\xc2\x85',
  ],
  ...[
    '<script>',
    '</script>',
    '<SCRIPT>',
    'xmlns:x="y"',
    '<x:a>',
    '<%',
    '<=',
    '</>',
    '</a b>',
    '< a>',
    '&#X3c;',
    '&#0x3c;',
    '&#-1;',
    '&#6 0;',
    ']]]>',
    '--->',
  ],
];
const types = fc.constantFrom(
  'text/xml',
  'application/xml',
  'application/soap+xml; charset=utf-8',
  'text/xml; charset=latin1',
  'image/svg+xml',
);

const hostile = fc
  .tuple(document, types, edits(tokens))
  .map(([body, contentType, changes]) => ({ contentType, body: edited(body, changes) }));

declareTrial({
  format: 'XML',
  oracles: xmlParsers,
  exceptions: xmlExceptions,
  blockCauses: ['parse'],
  wellFormed: document.map((body) => ({ contentType: 'text/xml', body })),
  hostile,
  cases: [
    ['an empty body', request('')],
    ['text that comments and sections divide', request('<a>uni<!-- x -->on <![CDATA[sel]]>ect<?p?>!</a>')],
    ['text that elements divide', request('<a>uni<b/>on</a>')],
    ['an attribute whose name begins with no letter', request('<a ^="b="><c d="<script>alert(1)</script>"/></a>')],
    [
      'references of every kind',
      request('<a b="&#60;&#x3C;&lt;&quot;&apos;&amp;lt;">&#000060;&#x0003c;&gt;&amp;#60;</a>'),
    ],
    ['references that are not complete', request('<a b="&lt">&#60 &#x3c&lt &#;&#x;&;</a>')],
    ['references out of range', request('<a>&#0;&#x110000;&#xD800;&#99999999999;</a>')],
    ['references that only HTML knows', request('<a b="&eacute;">&nbsp;&lang;</a>')],
    ['an entity of its own', request('<!DOCTYPE a [<!ENTITY x "<script>">]><a b="&x;">&x;</a>')],
    ['an entity that is external', request('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>')],
    ['an entity that repeats itself', request('<!DOCTYPE a [<!ENTITY x "1"><!ENTITY y "&x;&x;">]><a>&y;</a>')],
    [
      'a document type with brackets in quotes',
      request('<!DOCTYPE a [<!ENTITY x "]>"><!-- ]> --><?p ]> ?>]><a>&lt;</a>'),
    ],
    ['attributes without quotes or values', request('<a b=<script> c d=\'"\' e="\'"/>')],
    ['attributes twice', request('<a b="1" b="2"/>')],
    ['white space in attributes', request('<a b="1\n2\t3\r\n4"/>')],
    ['line ends in text', request('<a>1\r\n2\r3\n4</a>')],
    ['tags that do not match', request('<a><b>1</a>2</b>3')],
    ['text outside', request('1<a>2</a>3')],
    ['several roots', request('<a>1</a><b>2</b>')],
    ['scripts, which HTML reads as text', request('<a><script>if (a<b) "</b>"</script>1</a>')],
    ['no end', request('<a b="1">2')],
    ['a comment that ends too early', request('<a><!-->1<!-- --->2<!-- -- -->3</a>')],
    ['a section that ends too late', request('<a><![CDATA[1]]]]><![CDATA[>2]]></a>]]>')],
    ['NUL bytes', request('<a b="1\0">2\x003</a>')],
    ['a byte order mark', request('\xef\xbb\xbf<a>1</a>')],
    ['a style sheet', request('<?xml-stylesheet href="javascript:1"?><a>1</a>')],
    ['namespaces', request('<x:a xmlns:x="urn:x" x:b="1"><x:c>2</x:c></x:a>')],
    ['names of prototypes', request('<__proto__><constructor>1</constructor></__proto__>')],
    ['numbers', request('<a b="1.0">0x10</a>')],
  ],
});
