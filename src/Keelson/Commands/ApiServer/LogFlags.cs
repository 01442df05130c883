using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Keelson.Flags;
using Keelson.Machinery.Validation;

namespace Keelson.Commands.ApiServer;

/// <summary>What is logged, and how.</summary>
internal sealed class LogFlags(FlagSection flags, string program = "apiserver")
{
    public Flag<string> Format { get; } = flags.Text(
        "logging-format", "text", "The form of the log: \"text\" or \"json\".");

    public Flag<int> Verbosity { get; } = flags.Add(new Flag<int>("v", FlagForms.Level, 0,
        "How much is logged; from 3 on every request.") { Letter = 'v' });

    /// <summary>Adds what is wrong with the values.</summary>
    public void Validate(List<string> errors)
    {
        if (Format.Value is not ("text" or "json"))
        {
            errors.Add($"format: Invalid value: {GoText.Quote(Format.Value)}: Unsupported log format");
        }
    }

    /// <summary>Writes a line to the standard error stream.</summary>
    public Action<string> Writer(TimeProvider clock) => Format.Value == "json"
        ? message => Console.Error.WriteLine(Json(clock.GetUtcNow(), message))
        : message => Console.Error.WriteLine(Line(clock.GetLocalNow(), message));

    /// <summary>A line with upstream's head: severity, date, time, process.</summary>
    private string Line(DateTimeOffset now, string message) => string.Create(
        CultureInfo.InvariantCulture, $"I{now:MMdd HH:mm:ss.ffffff} {Environment.ProcessId,7} {program}] {message}");

    private string Json(DateTimeOffset now, string message)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("ts", Math.Round((now - DateTimeOffset.UnixEpoch).TotalMilliseconds, 3));
            json.WriteString("caller", program);
            json.WriteString("msg", message);
            json.WriteNumber("v", 0);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
