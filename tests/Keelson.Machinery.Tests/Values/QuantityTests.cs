using System.Numerics;
using Keelson.Machinery.Values;

namespace Keelson.Machinery.Tests.Values;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("0Ki", "0")]
    [InlineData("-0", "0")]
    [InlineData("+", "0")]
    [InlineData(".", "0")]
    [InlineData("Ki", "0")]
    [InlineData("1", "1")]
    [InlineData("1000", "1k")]
    [InlineData("1024", "1024")]
    [InlineData("1Ki", "1Ki")]
    [InlineData("1024Mi", "1Gi")]
    [InlineData("1000m", "1")]
    [InlineData("0.5", "500m")]
    [InlineData("1500m", "1500m")]
    [InlineData("1.5Gi", "1536Mi")]
    [InlineData("0.5Ki", "512")]
    [InlineData("0.0001Ki", "102400u")]
    [InlineData("1.1Ki", "1126400m")]
    [InlineData("100E", "100E")]
    [InlineData("1e3", "1e3")]
    [InlineData("12e2", "1200")]
    [InlineData("1E2", "100")]
    [InlineData("1.5e6", "1500e3")]
    [InlineData("1e-3", "1e-3")]
    [InlineData("100n", "100n")]
    [InlineData("0.1n", "1n")]
    [InlineData("1.0000000001", "1000000001n")]
    [InlineData("-1.5Gi", "-1536Mi")]
    [InlineData("-0.1n", "-1n")]
    [InlineData("0001.500", "1500m")]
    [InlineData("16Gi", "16Gi")]
    [InlineData("9Ei", "9223372036854775807")]
    [InlineData("9223372036854775807Ki", "9223372036854775807")]
    [InlineData("1.G", "1G")]
    [InlineData("5M", "5M")]
    [InlineData("10.035", "10035m")]
    public void Quantities_print_canonically(string text, string canonical)
    {
        Assert.True(Quantity.TryParse(text, out Quantity quantity, out string? error), error);
        Assert.Equal(canonical, quantity.ToString());
        Assert.Equal(quantity, Quantity.Parse(canonical));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("abc", true)]
    [InlineData("1 Ki", true)]
    [InlineData("1.2.3", true)]
    [InlineData("1Ki1x", true)]
    [InlineData("--1", false)]
    [InlineData("1ki", false)]
    [InlineData("1K", false)]
    [InlineData("1e", false)]
    [InlineData("1ee3", false)]
    [InlineData("1Mi3", false)]
    public void Texts_that_are_no_quantities_are_refused(string text, bool isFormat)
    {
        Assert.False(Quantity.TryParse(text, out _, out string? error));
        Assert.Equal(
            isFormat
                ? "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
                : "unable to parse quantity's suffix",
            error);
    }

    [Theory]
    [InlineData("1500m", 2, 1500)]
    [InlineData("-1500m", -2, -1500)]
    [InlineData("1n", 1, 1)]
    [InlineData("16Gi", 17179869184, 17179869184000)]
    [InlineData("100E", long.MaxValue, long.MaxValue)]
    public void Values_round_away_from_zero_and_are_capped(string text, long value, long milli)
    {
        Quantity quantity = Quantity.Parse(text);
        Assert.Equal(value, quantity.Value);
        Assert.Equal(milli, quantity.MilliValue);
    }

    [Fact]
    public void Sums_keep_the_format_of_what_was_there()
    {
        Assert.Equal("2Gi", (Quantity.Parse("1Gi") + Quantity.Parse("1073741824")).ToString());
        Assert.Equal("1Gi", (Quantity.Parse("0") + Quantity.Parse("1Gi")).ToString());
        Assert.Equal("-500m", (Quantity.Parse("500m") - Quantity.Parse("1")).ToString());
        Assert.True(Quantity.Parse("1Ki") == Quantity.Parse("1024") && Quantity.Parse("1k") < Quantity.Parse("1Ki"));
    }

    [Fact]
    public void Amounts_agree_with_exact_arithmetic()
    {
        Random random = new(5);
        string[] suffixes =
            ["n", "u", "m", "", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "e3", "E-2", "e9"];
        for (int round = 0; round < 20_000; round++)
        {
            string whole = random.NextInt64(0, (long)Math.Pow(10, random.Next(1, 18))).ToString();
            string fraction = random.Next(3) == 0 ? "." + random.Next(0, 100_000) : "";
            string suffix = suffixes[random.Next(suffixes.Length)];
            string text = whole + fraction + suffix;
            BigInteger exact = Exact(whole, fraction.TrimStart('.'), suffix);
            Quantity quantity = Quantity.Parse(text);
            bool isCut = suffix.EndsWith('i') && exact > (BigInteger)long.MaxValue * 1_000_000_000;
            Assert.Equal(
                isCut ? (BigInteger)long.MaxValue * 1_000_000_000 : BigInteger.Min(exact, (BigInteger)Int128.MaxValue),
                quantity.Nanos);
            if (quantity.Nanos < (BigInteger)Int128.MaxValue)
            {
                Assert.Equal(quantity, Quantity.Parse(quantity.ToString()));
                Assert.Equal(quantity.ToString(), Quantity.Parse(quantity.ToString()).ToString());
            }
        }
    }

    [Fact]
    public void Sums_and_comparisons_agree_with_exact_arithmetic()
    {
        Random random = new(7);
        BigInteger largest = (BigInteger)Int128.MaxValue;
        for (int round = 0; round < 20_000; round++)
        {
            (Quantity left, Quantity right) = (Any(), Any());
            Assert.Equal(BigInteger.Clamp(left.Nanos + right.Nanos, -largest, largest), (left + right).Nanos);
            Assert.Equal(BigInteger.Clamp(left.Nanos - right.Nanos, -largest, largest), (left - right).Nanos);
            Assert.Equal(left.Nanos.CompareTo(right.Nanos), Math.Sign(left.CompareTo(right)));
            Assert.Equal(left.Nanos == right.Nanos, left == right);
            Assert.Equal((left.Nanos.Sign, left.Nanos.IsZero), (left.Sign, left.IsZero));
        }

        Quantity Any()
        {
            string digits = random.NextInt64(0, 1L << random.Next(1, 63)).ToString();
            return Quantity.Parse((random.Next(2) == 0 ? "-" : "") + digits + "numkMGTPE"[random.Next(9)]);
        }
    }

    [Fact]
    public void Reading_and_printing_common_amounts_allocates_nothing()
    {
        string[] texts = ["100m", "1", "128Mi", "16Gi", "250m", "1500m", "0.5"];
        foreach (string text in texts)
        {
            Assert.NotEmpty(Quantity.Parse(text).ToString());
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        int length = 0;
        for (int i = 0; i < 1000; i++)
        {
            foreach (string text in texts)
            {
                length += Quantity.Parse(text).ToString().Length;
            }
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
        Assert.Equal(27_000, length);
    }

    private static BigInteger Exact(string whole, string fraction, string suffix)
    {
        BigInteger digits = BigInteger.Parse(whole + fraction);
        int power = 9 - fraction.Length + suffix switch
        {
            "n" => -9,
            "u" => -6,
            "m" => -3,
            "k" => 3,
            "M" => 6,
            "G" => 9,
            "T" => 12,
            "P" => 15,
            "E" => 18,
            "e3" => 3,
            "E-2" => -2,
            "e9" => 9,
            _ => 0,
        };
        digits *= BigInteger.Pow(1024, suffix switch { "Ki" => 1, "Mi" => 2, "Gi" => 3, "Ti" => 4, _ => 0 });
        if (power >= 0)
        {
            return digits * BigInteger.Pow(10, power);
        }

        BigInteger divisor = BigInteger.Pow(10, -power);
        return (digits + divisor - 1) / divisor;
    }
}
