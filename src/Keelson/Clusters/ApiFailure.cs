using System.Text;
using Keelson.Machinery.Trees;

namespace Keelson.Clusters;

/// <summary>The server refused a request, and said why in a Status.</summary>
internal sealed class ApiFailure : Exception
{
    public ApiFailure(ObjectTree status, string? doing = null)
        : base(status.TextAt("message"))
    {
        Status = status;
        Doing = doing ?? "";
    }

    /// <summary>The server's Status.</summary>
    public ObjectTree Status { get; }

    /// <summary>What was tried, when that is part of the message; empty otherwise.</summary>
    public string Doing { get; }

    /// <summary>The word for the reason: <c>NotFound</c>.</summary>
    public string Reason => Status.TextAt("reason");

    /// <summary>Whether the object, or the kind, is not there.</summary>
    public bool IsNotFound => Reason == "NotFound";

    /// <summary>The same refusal, telling what was tried.</summary>
    public ApiFailure While(string doing) => new(Status, doing);

    /// <summary>The refusal as kubectl words it.</summary>
    public string Text()
    {
        if (Reason == "Invalid")
        {
            return InvalidText();
        }

        string server = Reason.Length == 0 || Reason == "Unknown"
            ? "Error from server"
            : $"Error from server ({Reason})";
        return Doing.Length == 0 ? $"{server}: {Message}" : $"{server}: {Doing}: {Message}";
    }

    private string InvalidText()
    {
        if (Status["details"] is not ObjectTree details)
        {
            return "The request is invalid" + (Message.Length > 0 ? ": " + Message : "");
        }

        List<string> causes = [];
        foreach (Tree cause in details["causes"] is ListTree list ? list.Items : [])
        {
            if (cause is ObjectTree one)
            {
                string line = $"{one.TextAt("field")}: {one.TextAt("message")}";
                causes.Remove(line);
                causes.Add(line);
            }
        }

        string kind = details.TextAt("kind");
        string name = details.TextAt("name");
        string start = kind.Length > 0 || name.Length > 0
            ? $"The {kind} \"{name}\" is invalid"
            : causes.Count == 0 && Message.Length > 0 ? "The request is invalid: " + Message : "The request is invalid";
        if (causes.Count <= 1)
        {
            return causes.Count == 0 ? start : $"{start}: {causes[0]}";
        }

        StringBuilder text = new(start + ": ");
        causes.ForEach(cause => text.Append("\n* ").Append(cause));
        return text.ToString();
    }
}

/// <summary>A command can't do what it was asked for; the message goes behind <c>error: </c>.</summary>
internal sealed class CommandException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether the message stands for itself, without <c>error: </c>.</summary>
    public bool IsBare { get; init; }

    /// <summary>Whether the command line was at fault, so that help is offered.</summary>
    public bool IsUsage { get; init; }

    /// <summary>What the program ends with.</summary>
    public int ExitCode { get; init; } = 1;
}

/// <summary>Several things failed; each is told.</summary>
internal sealed class SeveralFailures(IReadOnlyList<Exception> failures) : Exception("several things failed")
{
    public IReadOnlyList<Exception> Failures => failures;

    /// <summary>Throws what there is: nothing, the one, or all.</summary>
    public static void ThrowIfAny(IReadOnlyList<Exception> failures)
    {
        if (failures.Count > 0)
        {
            throw failures.Count == 1 ? failures[0] : new SeveralFailures(failures);
        }
    }
}
