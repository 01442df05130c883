using System.Globalization;
using System.Text;
using System.Text.Json;
using Keelson.Nodes.Server.Backends;

namespace Keelson.Nodes.Server.Streams;

/// <summary>How a command ended, as the error stream tells it.</summary>
internal static class CommandStatus
{
    private const string NonZeroExit = "NonZeroExitCode";
    private const string ExitCodeCause = "ExitCode";

    /// <summary>
    /// The bytes for the error stream. From version 4 on it is a status; before, a text, and nothing for success.
    /// </summary>
    /// <param name="end">How it ended.</param>
    /// <param name="isAttach">Whether it was an attachment, which upstream words differently.</param>
    /// <param name="isStatus">Whether the protocol's version has statuses.</param>
    public static byte[] Write(CommandEnd end, bool isAttach, bool isStatus)
    {
        string message = end switch
        {
            { Error: { } error } when isAttach => "error attaching to container: " + error,
            { Error: { } error } => "error executing command in container: " + error,
            { ExitCode: 0 } => "",
            _ => "command terminated with non-zero exit code: command terminated with exit code "
                + end.ExitCode.ToString(CultureInfo.InvariantCulture),
        };
        return !isStatus ? Encoding.UTF8.GetBytes(message)
            : message.Length == 0 ? "{\"metadata\":{},\"status\":\"Success\"}"u8.ToArray()
            : end.Error is null ? NonZero(end.ExitCode, message)
            : Internal(message);
    }

    /// <summary>Reads what a runtime's error stream said.</summary>
    public static CommandEnd Read(string text)
    {
        if (text.Length == 0)
        {
            return new CommandEnd(0);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement;
            if (TextOf(root, "status") == "Success")
            {
                return new CommandEnd(0);
            }

            return TextOf(root, "reason") == NonZeroExit && ExitCodeOf(root) is { } code
                ? new CommandEnd(code)
                : new CommandEnd(0, TextOf(root, "message"));
        }
        catch (JsonException)
        {
            // Versions before 4 say it in words.
            return new CommandEnd(0, text);
        }
    }

    private static byte[] NonZero(int code, string message)
    {
        string number = code.ToString(CultureInfo.InvariantCulture);
        string cause = $$"""{"reason":"{{ExitCodeCause}}","message":"{{number}}"}""";
        return Failure(message, NonZeroExit, cause, "");
    }

    private static byte[] Internal(string error) => Failure(
        "Internal error occurred: " + error,
        "InternalError",
        $$"""{"message":"{{JsonEncodedText.Encode(error)}}"}""",
        ",\"code\":500");

    private static byte[] Failure(string message, string reason, string cause, string code) => Encoding.UTF8.GetBytes(
        "{\"metadata\":{},\"status\":\"Failure\",\"message\":\"" + JsonEncodedText.Encode(message)
        + "\",\"reason\":\"" + reason + "\",\"details\":{\"causes\":[" + cause + "]}" + code + "}");

    private static int? ExitCodeOf(JsonElement status)
    {
        if (!status.TryGetProperty("details", out JsonElement details)
            || !details.TryGetProperty("causes", out JsonElement causes))
        {
            return null;
        }

        foreach (JsonElement cause in causes.EnumerateArray())
        {
            if (TextOf(cause, "reason") == ExitCodeCause
                && int.TryParse(TextOf(cause, "message"), CultureInfo.InvariantCulture, out int code))
            {
                return code;
            }
        }

        return null;
    }

    private static string TextOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";
}
