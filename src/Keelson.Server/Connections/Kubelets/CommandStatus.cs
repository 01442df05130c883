using System.Globalization;
using System.Text;
using System.Text.Json;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Server.Connections.Kubelets;

/// <summary>How a remote command ended, as kubelets tell it and as clients of WebSockets are told.</summary>
internal static class CommandStatus
{
    private const string NonZeroExit = "NonZeroExitCode";
    private const string ExitCodeCause = "ExitCode";

    /// <summary>The end of a command that went well.</summary>
    public static Status Success { get; } = new() { StatusValue = "Success" };

    /// <summary>
    /// What clients are told when a kubelet ended its error stream with this. Up to version 3 it is a plain text, from
    /// version 4 on a status.
    /// </summary>
    public static Status Translate(string message, bool isStatus)
    {
        if (message.Length == 0)
        {
            return Success;
        }

        if (!isStatus)
        {
            return ApiErrors.Internal($"error executing remote command: {message}");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(message);
            JsonElement root = document.RootElement;
            return StatusTexts.TextOf(root, "status") switch
            {
                "Success" => Success,
                "Failure" when StatusTexts.TextOf(root, "reason") == NonZeroExit => ExitedWith(root),
                "Failure" => ApiErrors.Internal(StatusTexts.TextOf(root, "message")),
                _ => ApiErrors.Internal("error stream protocol error: unknown error"),
            };
        }
        catch (JsonException exception)
        {
            return ApiErrors.Internal($"error stream protocol error: {exception.Message} in \"{message}\"");
        }
    }

    /// <summary>The status as it goes into the error channel: without kind and version.</summary>
    public static byte[] ToJson(Status status)
    {
        const string Type = "\"kind\":\"Status\",\"apiVersion\":\"v1\",";
        string json = Encoding.UTF8.GetString(Http.AnswerWriter.Json(status.WriteJson));
        return Encoding.UTF8.GetBytes(json.Replace(Type, "", StringComparison.Ordinal));
    }

    private static Status ExitedWith(JsonElement status)
    {
        if (!status.TryGetProperty("details", out JsonElement details)
            || !details.TryGetProperty("causes", out JsonElement causes))
        {
            return ApiErrors.Internal("error stream protocol error: details must be set");
        }

        foreach (JsonElement cause in causes.EnumerateArray())
        {
            if (StatusTexts.TextOf(cause, "reason") != ExitCodeCause)
            {
                continue;
            }

            string text = StatusTexts.TextOf(cause, "message");
            return byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte code)
                ? NonZero(code)
                : ApiErrors.Internal($"error stream protocol error: invalid exit code value \"{text}\"");
        }

        return ApiErrors.Internal($"error stream protocol error: no {ExitCodeCause} cause given");
    }

    private static Status NonZero(byte code)
    {
        string number = code.ToString(CultureInfo.InvariantCulture);
        return new Status
        {
            StatusValue = "Failure",
            Reason = NonZeroExit,
            Message = $"command terminated with non-zero exit code: command terminated with exit code {number}",
            Details = StatusDetails.Empty with
            {
                Causes = [new StatusCause { Reason = ExitCodeCause, Message = number }],
            },
        };
    }
}
