using System.Globalization;
using System.Text;
using Keelson.Machinery.Values;

namespace Keelson.Machinery.Cel;

/// <summary>A value of the Common Expression Language. Errors are values too: logic may make up for them.</summary>
public abstract class CelValue
{
    /// <summary>The name of its type.</summary>
    public abstract string TypeName { get; }

    /// <summary>True when both are the same value; numbers of different types may be.</summary>
    public virtual bool IsSame(CelValue other) => ReferenceEquals(this, other);

    /// <summary>Negative, zero or positive; null when they have no order.</summary>
    internal virtual int? Order(CelValue other) => null;
}

/// <summary>What went wrong.</summary>
/// <param name="message">What, in the reference implementation's words.</param>
public sealed class CelError(string message) : CelValue
{
    /// <summary>What went wrong.</summary>
    public string Message { get; } = message;

    /// <inheritdoc/>
    public override string TypeName => "error";
}

/// <summary><c>null</c>.</summary>
public sealed class CelNull : CelValue
{
    private CelNull()
    {
    }

    /// <summary>The only one.</summary>
    public static CelNull Value { get; } = new();

    /// <inheritdoc/>
    public override string TypeName => "null_type";
}

/// <summary><c>true</c> or <c>false</c>.</summary>
public sealed class CelBool : CelValue
{
    private CelBool(bool truth)
    {
        Truth = truth;
    }

    /// <summary><c>true</c>.</summary>
    public static CelBool True { get; } = new(true);

    /// <summary><c>false</c>.</summary>
    public static CelBool False { get; } = new(false);

    /// <summary>The value.</summary>
    public bool Truth { get; }

    /// <inheritdoc/>
    public override string TypeName => "bool";

    /// <summary>One of both.</summary>
    public static CelBool Of(bool truth) => truth ? True : False;

    internal override int? Order(CelValue other) => other is CelBool one ? Truth.CompareTo(one.Truth) : null;
}

/// <summary>A text.</summary>
/// <param name="text">The text.</param>
public sealed class CelString(string text) : CelValue
{
    /// <summary>The text.</summary>
    public string Text { get; } = text;

    /// <inheritdoc/>
    public override string TypeName => "string";

    /// <inheritdoc/>
    public override bool IsSame(CelValue other) => other is CelString one && one.Text == Text;

    /// <summary>By the code points, not by the halves of surrogate pairs.</summary>
    internal override int? Order(CelValue other)
    {
        if (other is not CelString one)
        {
            return null;
        }

        int same = Text.AsSpan().CommonPrefixLength(one.Text);
        if (same == Text.Length || same == one.Text.Length)
        {
            return Text.Length.CompareTo(one.Text.Length);
        }

        (char left, char right) = (Text[same], one.Text[same]);
        return char.IsSurrogate(left) != char.IsSurrogate(right) ? (char.IsSurrogate(left) ? 1 : -1)
            : left.CompareTo(right);
    }
}

/// <summary>Bytes.</summary>
/// <param name="content">The bytes.</param>
public sealed class CelBytes(byte[] content) : CelValue
{
    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Content { get; } = content;

    /// <inheritdoc/>
    public override string TypeName => "bytes";

    /// <inheritdoc/>
    public override bool IsSame(CelValue other) =>
        other is CelBytes one && one.Content.Span.SequenceEqual(Content.Span);

    internal override int? Order(CelValue other) =>
        other is CelBytes one ? Content.Span.SequenceCompareTo(one.Content.Span) : null;
}

/// <summary>A list.</summary>
/// <param name="items">Its items.</param>
public sealed class CelList(IReadOnlyList<CelValue> items) : CelValue
{
    /// <summary>Its items.</summary>
    public IReadOnlyList<CelValue> Items { get; } = items;

    /// <inheritdoc/>
    public override string TypeName => "list";

    /// <inheritdoc/>
    public override bool IsSame(CelValue other)
    {
        if (other is not CelList list || list.Items.Count != Items.Count)
        {
            return false;
        }

        for (int i = 0; i < Items.Count; i++)
        {
            if (!Items[i].IsSame(list.Items[i]))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>The name of a type, as <c>type(x)</c> gives it.</summary>
/// <param name="name">The name.</param>
public sealed class CelType(string name) : CelValue
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public override string TypeName => "type";

    /// <inheritdoc/>
    public override bool IsSame(CelValue other) => other is CelType one && one.Name == Name;
}

/// <summary>An amount with a unit, as Kubernetes has them.</summary>
/// <param name="amount">The amount.</param>
public sealed class CelQuantity(Quantity amount) : CelValue
{
    /// <summary>The amount.</summary>
    public Quantity Amount { get; } = amount;

    /// <inheritdoc/>
    public override string TypeName => "kubernetes.Quantity";

    /// <inheritdoc/>
    public override bool IsSame(CelValue other) => other is CelQuantity one && one.Amount == Amount;
}

/// <summary>A version.</summary>
/// <param name="version">The version.</param>
public sealed class CelSemver(SemanticVersion version) : CelValue
{
    /// <summary>The version.</summary>
    public SemanticVersion Version { get; } = version;

    /// <inheritdoc/>
    public override string TypeName => "kubernetes.Semver";

    /// <inheritdoc/>
    public override bool IsSame(CelValue other) => other is CelSemver one && one.Version.CompareTo(Version) == 0;
}
