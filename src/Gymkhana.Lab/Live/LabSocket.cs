using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Gymkhana.Lab.Live;

/// <summary>
/// A WebSocket with limits on what a client may say: short messages, not too many of them. What the client says is handed on by a task of its own; what
/// is said to it is sent by one task at a time.
/// </summary>
/// <param name="socket">The socket.</param>
/// <param name="closing">Set when the connection or the server ends.</param>
internal sealed class LabSocket(WebSocket socket, CancellationToken closing) : IDisposable
{
    private const int LongestMessage = 4096;
    private const int MostMessages = 240; // in a second
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _gone = CancellationTokenSource.CreateLinkedTokenSource(closing);
    private readonly SemaphoreSlim _sending = new(1, 1);

    /// <summary>Set when nobody listens any more.</summary>
    public CancellationToken Gone => _gone.Token;

    /// <summary>Serves the socket: hands on what the client says while the work goes on, and says farewell.</summary>
    /// <param name="heard">Called with each message of the client, one after the other.</param>
    /// <param name="work">What is sent.</param>
    public async Task ServeAsync(Action<JsonElement> heard, Func<LabSocket, Task> work)
    {
        Task listening = ListenAsync(heard);
        try
        {
            await work(this);
            await CloseAsync(WebSocketCloseStatus.NormalClosure, "done");
            await Task.WhenAny(listening, Task.Delay(Farewell, closing)); // until the client has said farewell too
        }
        catch (Exception end) when (end is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
            // The client has gone, or the server goes: there is nobody to tell.
        }
        finally
        {
            await _gone.CancelAsync();
            await listening;
        }
    }

    /// <summary>Sends a message.</summary>
    public Task SendAsync<T>(T message, JsonTypeInfo<T> type) => SendAsync(JsonSerializer.SerializeToUtf8Bytes(message, type), WebSocketMessageType.Text);

    /// <summary>Sends bytes.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes, WebSocketMessageType type)
    {
        await _sending.WaitAsync(Gone);
        try
        {
            await socket.SendAsync(bytes, type, endOfMessage: true, Gone);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Turns the client away with a code.</summary>
    public async Task RefuseAsync(WebSocketCloseStatus code, string reason)
    {
        try
        {
            await CloseAsync(code, reason);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(closing);
            patience.CancelAfter(Farewell);
            byte[] ignored = new byte[LongestMessage];

            // To hang up before the client has answered could take the code away from it.
            while (socket.State == WebSocketState.CloseSent) await socket.ReceiveAsync(ignored.AsMemory(), patience.Token);
        }
        catch (Exception end) when (end is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
            // Gone meanwhile.
        }
    }

    private async Task CloseAsync(WebSocketCloseStatus code, string reason)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(closing);
        patience.CancelAfter(Farewell);
        await _sending.WaitAsync(patience.Token);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived) await socket.CloseOutputAsync(code, reason, patience.Token);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _gone.Dispose();
        _sending.Dispose();
    }

    private async Task ListenAsync(Action<JsonElement> heard)
    {
        byte[] buffer = new byte[LongestMessage];
        int messages = 0;
        long second = Stopwatch.GetTimestamp();
        try
        {
            while (!Gone.IsCancellationRequested)
            {
                ValueWebSocketReceiveResult got = await socket.ReceiveAsync(buffer.AsMemory(), Gone);
                if (got.MessageType == WebSocketMessageType.Close)
                {
                    await CloseAsync(WebSocketCloseStatus.NormalClosure, "bye");
                    break;
                }

                if (Stopwatch.GetElapsedTime(second) > TimeSpan.FromSeconds(1)) (messages, second) = (0, Stopwatch.GetTimestamp());
                if (!got.EndOfMessage)
                {
                    await RefuseAsync(WebSocketCloseStatus.MessageTooBig, $"a message has at most {LongestMessage} bytes");
                    break;
                }

                if (++messages > MostMessages)
                {
                    await RefuseAsync(WebSocketCloseStatus.PolicyViolation, $"at most {MostMessages} messages a second");
                    break;
                }

                using JsonDocument message = JsonDocument.Parse(buffer.AsMemory(0, got.Count));
                heard(message.RootElement);
            }
        }
        catch (JsonException)
        {
            await RefuseAsync(WebSocketCloseStatus.InvalidPayloadData, "a message is a JSON object");
        }
        catch (Exception end) when (end is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
            // Gone without a word.
        }
        finally
        {
            await _gone.CancelAsync();
        }
    }
}
