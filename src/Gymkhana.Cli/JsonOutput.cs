using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gymkhana.Cli;

/// <summary>What <c>--json</c> prints: one object on standard output.</summary>
internal static class JsonOutput
{
    // Shown to people and programs, never put into a page: letters beyond ASCII stay as they are.
    private static readonly JsonWriterOptions Layout = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Prints an object, its properties written by the caller; nothing is printed if that fails.</summary>
    /// <param name="properties">Writes the properties.</param>
    public static void Write(Action<Utf8JsonWriter> properties)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, Layout))
        {
            json.WriteStartObject();
            properties(json);
            json.WriteEndObject();
        }

        memory.WriteByte((byte)'\n');
        using Stream output = Console.OpenStandardOutput();
        memory.WriteTo(output);
    }
}
