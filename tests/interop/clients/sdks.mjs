// SPDX-License-Identifier: MIT
// SDKs of language models: each is given its vendor's events, and what it gives is their text.
const chunk = (more, choice) => JSON.stringify({
  id: '1', object: 'chat.completion.chunk', created: 1, model: 'm', ...more,
  choices: [{index: 0, delta: {role: 'assistant', content: 'TEXT'}, finish_reason: null, ...choice}],
});
const messages = [{role: 'user', content: 'hi'}];
const asked = {model: 'm', messages, stream: true};
const text = piece => piece.choices?.[0]?.delta?.content;

// The dress of the events, and a function that asks at an address and gives what comes.
const sdks = {
  openai: async () => {
    const {default: OpenAI} = await import('openai');
    return [{data: chunk()}, async (url, see) => {
      const client = new OpenAI({baseURL: url, apiKey: 'none', maxRetries: 0});
      for await (const piece of await client.chat.completions.create(asked)) see(text(piece));
    }];
  },
  'groq-sdk': async () => {
    const {default: Groq} = await import('groq-sdk');
    return [{data: chunk()}, async (url, see) => {
      const client = new Groq({baseURL: url, apiKey: 'none', maxRetries: 0});
      for await (const piece of await client.chat.completions.create(asked)) see(text(piece));
    }];
  },
  'together-ai': async () => {
    const {default: Together} = await import('together-ai');
    return [{data: chunk()}, async (url, see) => {
      const client = new Together({baseURL: url, apiKey: 'none', maxRetries: 0});
      for await (const piece of await client.chat.completions.create(asked)) see(text(piece));
    }];
  },
  '@anthropic-ai/sdk': async () => {
    const {default: Anthropic} = await import('@anthropic-ai/sdk');
    const data = {type: 'content_block_delta', index: 0, delta: {type: 'text_delta', text: 'TEXT'}};
    return [{type: data.type, data: JSON.stringify(data)}, async (url, see) => {
      const client = new Anthropic({baseURL: url, apiKey: 'none', maxRetries: 0});
      const stream = await client.messages.create({...asked, max_tokens: 9});
      for await (const piece of stream) see(piece.delta?.text);
    }];
  },
  '@google/genai': async () => {
    const {GoogleGenAI} = await import('@google/genai');
    const data = {candidates: [{content: {role: 'model', parts: [{text: 'TEXT'}]}}]};
    return [{data: JSON.stringify(data)}, async (url, see) => {
      const {models} = new GoogleGenAI({apiKey: 'none', httpOptions: {baseUrl: url}});
      const pieces = await models.generateContentStream({model: 'm', contents: 'hi'});
      for await (const piece of pieces) see(piece.text);
    }];
  },
  '@google/generative-ai': async () => {
    const {GoogleGenerativeAI} = await import('@google/generative-ai');
    const data = {candidates: [{index: 0, content: {role: 'model', parts: [{text: 'TEXT'}]}}]};
    return [{data: JSON.stringify(data)}, async (url, see) => {
      const model = new GoogleGenerativeAI('none').getGenerativeModel({model: 'm'}, {baseUrl: url});
      const {stream, response} = await model.generateContentStream('hi');
      response.catch(() => {});
      for await (const piece of stream) see(piece.text());
    }];
  },
  ai: async () => {
    const {streamText} = await import('ai');
    const {createOpenAICompatible} = await import('@ai-sdk/openai-compatible');
    return [{data: chunk()}, async (url, see) => {
      const model = createOpenAICompatible({name: 'any', baseURL: url}).chatModel('m');
      const {fullStream} = streamText({model, prompt: 'hi', maxRetries: 0, onError() {}});
      for await (const part of fullStream) {
        if (part.type === 'text-delta') see(part.text ?? part.textDelta);
        // That the vendor's last event is missing is no fault: no stream has it.
        if (part.type === 'error' && !/without a finish/.test(part.error.message)) throw part.error;
      }
    }];
  },
  '@langchain/openai': async () => {
    const {ChatOpenAI} = await import('@langchain/openai');
    return [{data: chunk()}, async (url, see) => {
      const model = new ChatOpenAI({model: 'm', apiKey: 'none', maxRetries: 0, configuration: {baseURL: url}});
      for await (const piece of await model.stream('hi')) see(piece.content);
    }];
  },
  '@mistralai/mistralai': async () => {
    const {Mistral} = await import('@mistralai/mistralai');
    return [{data: chunk()}, async (url, see) => {
      const client = new Mistral({apiKey: 'none', serverURL: url});
      for await (const {data} of await client.chat.stream({model: 'm', messages})) see(text(data));
    }];
  },
  'cohere-ai': async () => {
    const {CohereClientV2} = await import('cohere-ai');
    const data = {type: 'content-delta', index: 0, delta: {message: {content: {text: 'TEXT'}}}};
    return [{type: data.type, data: JSON.stringify(data)}, async (url, see) => {
      const client = new CohereClientV2({token: 'none', environment: url});
      const stream = await client.chatStream({model: 'm', messages}, {maxRetries: 0});
      for await (const piece of stream) see(piece.delta?.message?.content?.text);
    }];
  },
  '@huggingface/inference': async () => {
    const {InferenceClient} = await import('@huggingface/inference');
    return [{data: chunk()}, async (url, see) => {
      const stream = new InferenceClient('none', {endpointUrl: url}).chatCompletionStream(
        {model: 'm', messages});
      for await (const piece of stream) see(text(piece));
    }];
  },
  '@langchain/langgraph-sdk': async () => {
    const {Client} = await import('@langchain/langgraph-sdk');
    return [{type: 'values', data: '{"text":"TEXT"}'}, async (url, see) => {
      const client = new Client({apiUrl: url, apiKey: 'none', callerOptions: {maxRetries: 0}});
      const stream = client.runs.stream(null, 'a', {input: {}, streamMode: 'values'});
      for await (const piece of stream) see(piece.data?.text);
    }];
  },
  '@modelcontextprotocol/sdk': async () => {
    const {StreamableHTTPClientTransport: Transport} =
      await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
    const data = {jsonrpc: '2.0', method: 'notifications/message', params: {level: 'info', data: 'TEXT'}};
    return [{data: JSON.stringify(data)}, async (url, see) => {
      let failure, end;
      const ended = new Promise(done => { end = done; });
      const transport = new Transport(new URL(url), {
        // Tells when the stream has been read.
        fetch: async (...request) => {
          const response = await fetch(...request);
          if (!response.body) return response;
          const told = new TransformStream({flush: () => { setTimeout(end, 20); }});
          return new Response(response.body.pipeThrough(told), response);
        },
        reconnectionOptions: {maxRetries: 0, initialReconnectionDelay: 9e3, maxReconnectionDelay: 9e3,
                              reconnectionDelayGrowFactor: 1},
      });
      transport.onmessage = message => see(message.params?.data);
      transport.onerror = error => { failure ??= error; };
      await transport.start();
      await transport.send({jsonrpc: '2.0', id: 1, method: 'tools/list'});
      await ended;
      await transport.close();
      if (failure && !/reconnect/i.test(failure.message)) throw failure;
    }];
  },
};

export default async function (name) {
  const [dress, ask] = await sdks[name]();
  const about = {gives: [], dress};
  // An event without a text is one of another kind, which is no misreading.
  const read = ({url}, see) => ask(url, data => { if (data) see({data}); });
  return {about, read};
}
