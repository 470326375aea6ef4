<?php
// SPDX-License-Identifier: MIT
// EventSourceHttpClient of Symfony's HttpClient.
require_once 'Symfony/Component/HttpClient/autoload.php';

use Symfony\Component\HttpClient\Chunk\ServerSentEvent;
use Symfony\Component\HttpClient\EventSourceHttpClient;

function say(array $value): void {
    fwrite(STDOUT, json_encode($value, JSON_INVALID_UTF8_SUBSTITUTE) . "\n");
}

say(['runtime' => 'php ' . PHP_VERSION, 'gives' => ['type', 'own']]);
while ($line = fgets(STDIN)) {
    $answer = ['events' => []];
    try {
        $client = new EventSourceHttpClient();
        $source = $client->connect(json_decode($line)->url);
        foreach ($client->stream($source, 3) as $chunk) {
            if ($chunk->isTimeout()) {
                throw new Exception('no end');
            }
            if ($chunk->isLast()) {
                break;
            }
            if ($chunk instanceof ServerSentEvent) {
                $answer['events'][] = ['type' => $chunk->getType(), 'data' => $chunk->getData(),
                                       'own' => $chunk->getId()];
            }
        }
        $source->cancel();
    } catch (Throwable $error) {
        $answer['error'] = get_class($error) . ': ' . substr($error->getMessage(), 0, 150);
    }
    say($answer);
}
