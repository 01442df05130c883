using System.Buffers;
using Keelson.Server.Http;

namespace Keelson.Server.Tests.Http;

/// <summary>The blocks that connections read into and write from.</summary>
public sealed class ConnectionBlocksTests
{
    [Fact]
    public void Blocks_are_used_again_and_are_as_large_as_they_say()
    {
        using ConnectionBlocks blocks = new(TimeProvider.System);
        IMemoryOwner<byte> first = blocks.Rent();
        Assert.Equal(blocks.MaxBufferSize, first.Memory.Length);
        first.Dispose();
        Assert.Same(first, blocks.Rent(blocks.MaxBufferSize));
        Assert.Throws<ArgumentOutOfRangeException>(() => blocks.Rent(blocks.MaxBufferSize + 1));
    }

    [Fact]
    public void Blocks_of_a_burst_are_let_go_when_it_is_over_and_those_in_use_stay()
    {
        using ConnectionBlocks blocks = new(TimeProvider.System);
        List<IMemoryOwner<byte>> burst = [];
        for (int i = 0; i < 100; i++)
        {
            burst.Add(blocks.Rent());
        }

        burst.ForEach(block => block.Dispose());
        Assert.Equal(100, blocks.Free);
        blocks.Tidy();
        Assert.Equal(100, blocks.Free);
        blocks.Tidy();
        Assert.Equal(50, blocks.Free);

        using (blocks.Rent())
        {
            for (int round = 0; round < 10; round++)
            {
                blocks.Tidy();
            }

            Assert.Equal(0, blocks.Free);
        }

        Assert.Equal(1, blocks.Free);
    }
}
