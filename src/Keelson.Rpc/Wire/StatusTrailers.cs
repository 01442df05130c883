using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Status = Keelson.Rpc.Protos.Status;

namespace Keelson.Rpc.Wire;

/// <summary>A status as it stands in the trailers: grpc-status, grpc-message and grpc-status-details-bin.</summary>
internal static class StatusTrailers
{
    public const string CodeName = "grpc-status";
    public const string MessageName = "grpc-message";
    public const string DetailsName = "grpc-status-details-bin";

    /// <summary>Writes the trailers of a status through <paramref name="add"/>.</summary>
    public static void Write(RpcStatus status, Action<string, string> add)
    {
        add(CodeName, ((int)status.Code).ToString(CultureInfo.InvariantCulture));
        if (status.Message.Length > 0)
        {
            add(MessageName, EscapeMessage(status.Message));
        }

        if (status.Details.Length > 0)
        {
            var details = new Status { Code = (int)status.Code, Message = status.Message };
            details.Details.AddRange(status.Details);
            add(DetailsName, Convert.ToBase64String(details.ToByteArray()));
        }
    }

    /// <summary>Reads a status from trailers; null when there is none.</summary>
    public static RpcStatus? Read(Func<string, string?> find)
    {
        if (find(CodeName) is not { } codeText)
        {
            return null;
        }

        if (!int.TryParse(codeText, NumberStyles.None, CultureInfo.InvariantCulture, out int code))
        {
            return new RpcStatus(
                RpcStatusCode.Internal,
                $"transport: malformed grpc-status: strconv.ParseInt: parsing \"{codeText}\": invalid syntax");
        }

        // A code from a future protocol is an unknown error, not a success.
        RpcStatusCode known = code is >= 0 and <= 16 ? (RpcStatusCode)code : RpcStatusCode.Unknown;
        string message = UnescapeMessage(find(MessageName) ?? "");
        return new RpcStatus(known, message, ReadDetails(find(DetailsName), code));
    }

    /// <summary>Percent-encodes the UTF-8 bytes that are not printable ASCII, and the percent sign.</summary>
    public static string EscapeMessage(string message)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(message);
        var escaped = new StringBuilder(bytes.Length);
        foreach (byte value in bytes)
        {
            if (value is >= 0x20 and <= 0x7E and not (byte)'%')
            {
                escaped.Append((char)value);
            }
            else
            {
                escaped.Append('%').Append(value.ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return escaped.ToString();
    }

    /// <summary>The reverse; what is not a valid escape stays as it is, since a message must never be lost.</summary>
    public static string UnescapeMessage(string escaped)
    {
        if (!escaped.Contains('%'))
        {
            return escaped;
        }

        var bytes = new List<byte>(escaped.Length);
        for (int at = 0; at < escaped.Length; at++)
        {
            if (escaped[at] == '%' && at + 2 < escaped.Length
                && byte.TryParse(
                    escaped.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                    out byte value))
            {
                bytes.Add(value);
                at += 2;
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(escaped, at, 1));
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static ImmutableArray<Any> ReadDetails(string? encoded, int code)
    {
        if (encoded is null || !RpcMetadata.TryDecodeBinary(encoded, out byte[]? bytes))
        {
            return [];
        }

        try
        {
            // Details that contradict the code are not about this error.
            Status status = Status.Parser.ParseFrom(bytes);
            return status.Code == code ? [.. status.Details] : [];
        }
        catch (InvalidProtocolBufferException)
        {
            return [];
        }
    }
}
