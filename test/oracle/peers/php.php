<?php
// What PHP hands to a script, told by a script that runs in PHP's own server: php.mjs asks it, README.md has the protocol.

function encoded(string $bytes): array {
    return ['base64' => base64_encode($bytes)];
}

/** Names and values of an array as PHP built it: keys of nested arrays are parts of a name. */
function pairs(array $values, string $role = 'name part'): array {
    $handed = [];
    foreach ($values as $key => $value) {
        if (!is_int($key)) $handed[] = [$role, encoded($key)];
        if (is_array($value)) array_push($handed, ...pairs($value, 'name part'));
        else $handed[] = ['value', encoded((string) $value)];
    }
    return $handed;
}

/** The leaves of one entry of $_FILES, which are arrays when the name has brackets. */
function flattened(mixed $value): array {
    return is_array($value) ? array_merge(...array_map('flattened', array_values($value))) : [$value];
}

function multipart(): array {
    $handed = pairs($_POST);
    foreach ($_FILES as $key => $file) {
        $handed[] = ['name part', encoded((string) $key)];
        foreach (flattened($file['full_path'] ?? $file['name']) as $name) $handed[] = ['value', encoded($name)];
        foreach (flattened($file['tmp_name']) as $path) {
            if ($path !== '') $handed[] = ['content', encoded(file_get_contents($path))];
        }
    }
    return $handed;
}

function leaves(mixed $parsed): array {
    if (is_array($parsed)) {
        $handed = [];
        foreach ($parsed as $key => $value) {
            if (!is_int($key)) $handed[] = ['name part', encoded($key)];
            array_push($handed, ...leaves($value));
        }
        return $handed;
    }
    if ($parsed === null) return [];
    if (is_bool($parsed)) return [['value', encoded($parsed ? 'true' : 'false')]];
    if (is_string($parsed)) return [['value', encoded($parsed)]];
    // What is beyond a double has no JSON.
    if (is_float($parsed) && is_infinite($parsed)) return [['number', $parsed > 0 ? 'Infinity' : '-Infinity']];
    return [['number', json_encode($parsed)]];
}

$subject = $_SERVER['HTTP_X_PEER_SUBJECT'] ?? '';
$handed = match ($subject) {
    'multipart', 'form' => multipart(),
    'cookie' => pairs($_COOKIE),
    'json' => leaves(json_decode(file_get_contents('php://input'), true)),
    default => [],
};
header('Content-Type: application/json');
echo json_encode(['version' => PHP_VERSION, 'handed' => $handed], JSON_THROW_ON_ERROR);
