using System.Globalization;
using System.Text;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Values;

namespace Keelson.Machinery.Apply;

/// <summary>What server-side apply came to.</summary>
public abstract record ApplyResult
{
    private ApplyResult()
    {
    }

    /// <summary>Applied.</summary>
    /// <param name="Object">
    /// The object to default, validate and store, without managed fields; it shares subtrees with what went in. Nulls
    /// in it stand for fields that were given up; decoding the object into its kind drops them.
    /// </param>
    /// <param name="ManagedFields">Its managed fields.</param>
    /// <param name="IsChanged">False when the object is the live one.</param>
    public sealed record Applied(ObjectTree Object, ApiList<ManagedFieldsEntry> ManagedFields, bool IsChanged)
        : ApplyResult;

    /// <summary>
    /// Other managers own fields to which the configuration gives another value: 409, reason Conflict.
    /// </summary>
    public sealed record Conflicted(IReadOnlyList<FieldConflict> Conflicts) : ApplyResult
    {
        /// <summary>Upstream's message.</summary>
        public string Message
        {
            get
            {
                if (Conflicts.Count == 1)
                {
                    return $"Apply failed with 1 conflict: {Conflicts[0].Message}: {Conflicts[0].Field}";
                }

                StringBuilder text = new();
                text.Append(CultureInfo.InvariantCulture, $"Apply failed with {Conflicts.Count} conflicts: ");
                FieldConflict? before = null;
                foreach (FieldConflict conflict in Conflicts)
                {
                    if (conflict.Message != before?.Message)
                    {
                        text.Append(before is null ? "" : "\n").Append("conflicts with ").Append(conflict.Manager)
                            .Append(':');
                    }

                    text.Append("\n- ").Append(conflict.Field);
                    before = conflict;
                }

                return text.ToString();
            }
        }
    }

    /// <summary>The request can't be done.</summary>
    /// <param name="IsBadRequest">True for 400, reason BadRequest; false for upstream's plain 500.</param>
    /// <param name="Message">Upstream's message.</param>
    public sealed record Refused(bool IsBadRequest, string Message) : ApplyResult;
}

/// <summary>One conflict; the status cause has the reason FieldManagerConflict.</summary>
/// <param name="Manager">The owner, as messages name it.</param>
/// <param name="Field">The field's path, <c>.spec.replicas</c>.</param>
public sealed record FieldConflict(string Manager, string Field)
{
    /// <summary>The reason of the status cause.</summary>
    public const string Reason = "FieldManagerConflict";

    /// <summary>The message of the status cause.</summary>
    public string Message => "conflict with " + Manager;
}
